import type { Note } from '../../../services/model/note.ts';
import type { Layer } from '../live/room.ts';
import { LAYERS } from '../live/room.ts';
import { ALIGNS, type Align } from './beside.ts';
import { SPEED_DEFAULT, SPEEDS } from './clock.ts';

/** As seen live, or as jobs have corrected it since. */
const REVISIONS = ['as-seen', 'corrected'] as const;
export type Revision = (typeof REVISIONS)[number];

/** What of the page its address holds: enough to come back to the same picture. Instants are UTC ms. */
export type ReplayAddress = {
  at: number | null;
  loop: { from: number; until: number } | null;
  layer: Layer;
  /** null is the first */
  floor: string | null;
  isTable: boolean;
  rate: number;
  isBackwards: boolean;
  skipsGaps: boolean;
  revision: Revision;
  /** a day beside this one, `2026-11-02`, and how it follows */
  beside: string | null;
  align: Align;
  /** who went where is drawn */
  flows: boolean;
  /** a day of what is shown, `2026-11-03`; null is the newest event */
  since: string | null;
};

export type ReplayState = ReplayAddress & {
  isPlaying: boolean;
  /** the cursor was moved by the second: whole minutes are looked at as seconds, too */
  bySecond: boolean;
  chosen: { room: string; isFocused: boolean } | null;
  isHelp: boolean;
  /** the note that is being written */
  draft: Note | null;
  /** days that are read, of so many; `failed`: the service did not answer */
  loading: { read: number; of: number; failed: boolean };
};

const dayIn = (text: string | null): string | null => (text && /^\d{4}-\d\d-\d\d$/.test(text) ? text : null);

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/;
/** UTC ms; null for what is no instant, 31 February among it. */
export function instantIn(text: string | null): number | null {
  if (!text || !INSTANT.test(text)) return null;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, -1)) ? time : null;
}

export function readReplayAddress(search: string): ReplayAddress {
  const words = new URLSearchParams(search);
  const [from, until] = [instantIn(words.get('from')), instantIn(words.get('until'))];
  const rate = Number(words.get('speed'));
  return {
    at: instantIn(words.get('at')),
    loop: from !== null && until !== null && from < until ? { from, until } : null,
    layer: LAYERS.find((layer) => layer === words.get('layer')) ?? LAYERS[0],
    floor: words.get('floor'),
    isTable: words.get('view') === 'table',
    rate: SPEEDS.find((speed) => speed.rate === rate)?.rate ?? SPEED_DEFAULT,
    isBackwards: words.get('way') === 'back',
    skipsGaps: words.get('gaps') !== 'play',
    revision: REVISIONS.find((revision) => revision === words.get('revision')) ?? REVISIONS[0],
    beside: dayIn(words.get('beside')),
    align: ALIGNS.find((align) => align === words.get('align')) ?? ALIGNS[0],
    flows: words.get('flows') === 'on',
    since: dayIn(words.get('since')),
  };
}

/** 2026-11-03T10:42Z, with seconds where there are any. */
export const instantText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace(/:00$/, '')}Z`;

/** The address with these in it; whatever else it holds stays, and defaults are left out. */
export function writeReplayAddress(search: string, address: ReplayAddress): string {
  const words = new URLSearchParams(search);
  const { at, loop, layer, rate } = address;
  const values: Record<string, string | null> = {
    at: at === null ? null : instantText(at),
    from: loop && instantText(loop.from),
    until: loop && instantText(loop.until),
    layer: layer === LAYERS[0] ? null : layer,
    floor: address.floor,
    view: address.isTable ? 'table' : null,
    speed: rate === SPEED_DEFAULT ? null : String(rate),
    way: address.isBackwards ? 'back' : null,
    gaps: address.skipsGaps ? null : 'play',
    revision: address.revision === REVISIONS[0] ? null : address.revision,
    beside: address.beside,
    align: address.beside === null || address.align === ALIGNS[0] ? null : address.align,
    flows: address.flows ? 'on' : null,
    since: address.since,
  };
  for (const [name, value] of Object.entries(values)) value === null ? words.delete(name) : words.set(name, value);
  const text = words.toString().replaceAll('%3A', ':');
  return text && `?${text}`;
}
