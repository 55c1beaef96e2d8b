import { SHOWN_MS } from '../view/arrivals.ts';
import type { Scene } from '../view/scene.ts';
import { age, isOld, isPast } from './age.ts';
import { createBars } from './bars.ts';
import { element, mark, type Part, write } from './element.ts';
import { instantsIn } from './instant.ts';
import { amount, number, perSecond, THIN, UNKNOWN } from './number.ts';

/** A figure in words: the number, its unit, and what it means. */
type Figure = { value: string; unit?: string; note: string; tone?: 'warn' | null };

const FIGURES: [title: string, figure: (scene: Scene) => Figure][] = [
  ['Stored', storedFigure],
  ['Received', rateFigure],
  ['Duplicates', ({ status }) => ({ value: amount(status?.duplicates ?? null), note: 'since the start' })],
  ['Rejects', ({ status }) => ({ value: amount(status?.rejects ?? null), note: 'kept with their reasons' })],
  ['Newest received', newestFigure],
];

/** What has come in, in five figures. */
export function createTotals(document: Document): Part<Scene> {
  const bars = createBars(document, SHOWN_MS);
  const parts = FIGURES.map(([title, figure]) => ({ ...createFigure(document, title), figure }));
  parts[1]!.node.append(element(document, 'dd', { class: 'picture' }, bars.node));
  return {
    node: element(document, 'dl', { class: 'totals' }, ...parts.map(({ node }) => node)),
    update(scene) {
      for (const { update, figure } of parts) update(figure(scene));
      bars.update(scene.rate.intervals, scene.now);
    },
  };
}

function createFigure(document: Document, title: string): Part<Figure> {
  const value = element(document, 'span');
  const unit = element(document, 'small');
  const note = element(document, 'dd', { class: 'note' });
  const big = element(document, 'dd', { class: 'big' }, value, unit);
  const node = element(document, 'div', {}, element(document, 'dt', {}, title), big, note);
  return {
    node,
    update(figure) {
      write(value, figure.value);
      write(unit, figure.unit ?? '');
      write(note, figure.note);
      mark(big, 'data-tone', figure.tone ?? null);
    },
  };
}

function storedFigure({ status }: Scene): Figure {
  const waiting = status && status.waiting > 0 ? `, ${number(status.waiting)} waiting` : '';
  return { value: amount(status?.observations ?? null), note: `observations in all${waiting}` };
}

function rateFigure({ rate, connection }: Scene): Figure {
  const why = connection.kind === 'lost' ? 'not measured now' : 'not measured yet';
  if (rate.perSecond === null || !rate.shown) return { value: UNKNOWN, unit: ' / s', note: why };
  const s = Math.round(rate.shown.ms / 1000);
  const span = rate.shown.ms === SHOWN_MS ? 'minute' : `${s}${THIN}s`;
  return { value: perSecond(rate.perSecond), unit: ' / s', note: `${number(rate.shown.count)} in the last ${span}` };
}

function newestFigure({ status, now, zone }: Scene): Figure {
  if (!status) return { value: UNKNOWN, note: 'not known yet' };
  if (status.received === null) return { value: UNKNOWN, note: 'nothing yet' };
  const ms = now - status.received;
  const note = instantsIn(zone).whole(status.received);
  return {
    value: isOld(ms) ? `⚠ ${age(ms)}` : age(ms),
    unit: isPast(ms) ? ' ago' : '',
    note,
    tone: isOld(ms) ? 'warn' : null,
  };
}
