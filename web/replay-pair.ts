import { instantsIn } from './draw/instant.ts';
import type { StageShown } from './draw/live/stage.ts';
import type { Beside } from './draw/replay/page.ts';
import type { ToolsShown } from './draw/replay/tools.ts';
import type { DayRow } from './read/tiles.ts';
import type { LiveHouse } from './view/live/house.ts';
import { besideAt, type createBeside } from './view/replay/beside.ts';
import { stretchFor } from './view/replay/days.ts';
import type { createFlows } from './view/replay/flows.ts';
import { daysBeside, linksAt, stretchChoices } from './view/replay/links.ts';
import type { Loaded } from './view/replay/load.ts';
import { replaySceneOf } from './view/replay/scene.ts';
import { type ReplayState, writeReplayAddress } from './view/replay/state.ts';
import type { createUsual } from './view/replay/usual.ts';

/** All days that can be replayed, and how one of them is read. */
type Days = Pick<Loaded, 'stretches'> & {
  house: LiveHouse;
  beside: ReturnType<typeof createBeside>;
  flowsOf: ReturnType<typeof createFlows>;
  usualOf: ReturnType<typeof createUsual>;
};

/** The day beside at the instant that belongs to the cursor's; without a picture while it is read. */
export function besideOf(of: Days, value: ReplayState, stage: StageShown, day: DayRow, time: number): Beside | null {
  const other = of.stretches.flatMap(({ days }) => days).find((one) => one.day === value.beside);
  if (!other || other.day === day.day) return null;
  const then = besideAt(time, day, other, value.align, of.house.venue);
  const { dayBeside, minute } = instantsIn(of.house.venue.zone);
  const words = [time, then].map((at) => `${dayBeside(at, time)} ${minute(at)}`) as Beside['words'];
  const book = of.beside(other);
  const flows = value.flows ? { flows: of.flowsOf(other, then) } : {};
  const { flows: _own, ...rest } = stage;
  const scene = book && replaySceneOf({ ...value, chosen: null }, of.house, book, then, null, of.usualOf(other));
  return {
    stage: scene && { ...rest, ...flows, scene },
    words,
    reading: `Reading ${dayBeside(then, time)}`,
  };
}

type Read = Loaded & { house: LiveHouse };

/** The time of an instant (UTC ms) on the first day of another stretch; itself where there is none that holds that day. */
export function inStretch({ stretches, stretch, house }: Read, since: string | null, at: number): number {
  const day = stretch.days.find(({ from, until }) => from <= at && at < until);
  const other = stretchFor(stretches, since, null)?.days[0];
  return day && other ? besideAt(at, day, other, 'clock', house.venue) : at;
}

/** What the tools choose from at an instant (UTC ms) of a day. */
export function toolsOf(
  { stretches, stretch, corrected, house }: Read,
  state: ReplayState,
  own: string,
  at: number,
): ToolsShown {
  const { dayBeside } = instantsIn(house.venue.zone);
  const word = (instant: number) => dayBeside(instant, at);
  return {
    ...{ state, corrected, days: daysBeside(stretches, own, word), stretches: stretchChoices(stretches, word) },
    stretch: stretch.days.at(-1)!.day,
    links: linksAt(at, state, new URLSearchParams(location.search).get('theme')),
  };
}

/** Puts what is looked at in the address, its moment to the second. */
export function writeAddress(value: ReplayState & { at: number }): void {
  const search = writeReplayAddress(location.search, { ...value, at: Math.floor(value.at / 1000) * 1000 });
  if (search !== location.search) history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
}

/** Puts the address on the clipboard, which there is on https and on this machine only. */
export async function copyLink(say: (words: string) => void): Promise<void> {
  try {
    if (!navigator.clipboard) throw new DOMException('no clipboard');
    await navigator.clipboard.writeText(location.href);
    say('Link copied: it opens this moment');
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    say('The address bar holds the link to this moment');
  }
}

/** The moment in the title of the page. */
export function setTitle(document: Document, zone: string, time: number): void {
  const { day, minute } = instantsIn(zone);
  const title = `Replay, ${day(time)} ${minute(time)} · Hallway`;
  if (document.title !== title) document.title = title;
}
