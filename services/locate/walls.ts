import type { Badge } from './badge.ts';
import { clear, heaviest, reasonOf } from './decide.ts';
import { LATE_MS } from './rule.ts';
import { homeOf, type Scene, stand, weighSince } from './scene.ts';

/** A wall was opened or closed: who was in a part is in the whole, and who was in the whole is in its heaviest part. */
export function rehouse(scene: Scene, badge: Badge): void {
  const home = homeOf(badge);
  if (home === null) return;
  const whole = scene.places.roomOf(home).id;
  const parts = scene.places.partsOf(home);
  if (whole !== home) {
    carry(scene, badge, whole, `${whole} opened`);
  } else if (parts.length > 0) {
    const { rooms } = weighSince(scene, badge, LATE_MS);
    const part = heaviest(rooms.filter((room) => parts.includes(room))) ?? parts[0]!;
    carry(scene, badge, part.id, `${home} closed: ${reasonOf(part, rooms)}`);
    clear(rooms);
  }
}

/** The room is called otherwise, the badge has not moved: it stays parked and keeps its steady past. */
function carry(scene: Scene, badge: Badge, room: string, reason: string): void {
  const { parked } = badge;
  badge.rest.room = room;
  if (badge.room === null) return;
  stand(scene, badge, room, reason);
  badge.parked = parked;
}
