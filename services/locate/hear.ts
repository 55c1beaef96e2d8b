import type { Sighting } from '../model/observation.ts';
import { type Badge, isForgotten, newBadge } from './badge.ts';
import { hearSecond } from './cadence.ts';
import { listen } from './mute.ts';
import type { Places } from './places.ts';
import { SECOND_MS } from './rule.ts';
import { keep, newSamples } from './samples.ts';
import { type Scene, sleep } from './scene.ts';

/**
 * Keeps what was taken, in the order received: of two copies of a sighting the first tells when it counts. Ties go by
 * content, so that nothing depends on the order in which they were handed over.
 */
export function hear(scene: Scene, taken: Sighting[]): Badge[] {
  const heard: Badge[] = [];
  if (!isInOrder(taken)) taken.sort(inOrder);
  for (const sighting of taken) {
    const badge = badgeOf(scene, sighting.badge);
    if (!hearOne(scene, badge, sighting) || badge.news === scene.now) continue;
    badge.news = scene.now;
    heard.push(badge);
  }
  return heard;
}

function isInOrder(taken: Sighting[]): boolean {
  for (let i = 1; i < taken.length; i += 1) if (inOrder(taken[i - 1]!, taken[i]!) > 0) return false;
  return true;
}

const inOrder = (a: Sighting, b: Sighting): number => a.received - b.received || a.time - b.time || a.rssi - b.rssi;

function badgeOf(scene: Scene, id: string): Badge {
  const known = scene.badges.get(id);
  if (known !== undefined && !isForgotten(known, scene.now)) return known;
  const badge = newBadge(id);
  scene.badges.set(id, badge);
  return badge;
}

/** Returns whether something new was kept. */
function hearOne(scene: Scene, badge: Badge, { gateway, time, received, rssi }: Sighting): boolean {
  const t = Math.min(time, received);
  const samples = badge.samples.get(gateway) ?? newSamples();
  if (samples.kept.length === 0) badge.samples.set(gateway, samples);
  const kept = keep(samples, time, t, rssi, scene.now);
  if (kept === 'new' || kept === 'old') {
    const isTaught = hearSecond(badge.cadence, Math.floor(t / SECOND_MS), scene.now / SECOND_MS);
    if (isTaught) sleep(scene, badge);
    listen(scene.ears, gateway, badge.id, t);
    if (t > badge.heard && isKnown(scene.places, gateway, t)) badge.heard = t;
  }
  return kept === 'new' || kept === 'louder';
}

function isKnown(places: Places, gateway: string, t: number): boolean {
  const post = places.postOf(gateway);
  return (post !== undefined && post.from <= t) || places.knew(gateway, t);
}
