import { secondOf } from './programme.ts';

/** Seconds since the midnight with which day 0 began; `until` is no longer in. */
export type Seconds = { from: number; until: number };

const span = (day: number, from: string, until: string, last = day): Seconds => ({
  from: secondOf(day, from),
  until: secondOf(last, until),
});

/** Gateways were set up low for the event, behind people and chairs, and raised on the evening of day 1. */
export const LOW = { ...span(-1, '18:00', '19:00', 1), lowMetres: 1.1, highMetres: 2.4 };
/** More people in a low gateway's room than this take away so much of what it hears, and lose it so many adverts. */
export const LOW_CROWD = { people: 30, db: 10, lost: 0.4 };

/** All badges lie switched on in two boxes, and a test alert reaches them; each shows it until its button is pressed. */
export const BOXES = {
  ...span(0, '12:00', '12:30'),
  alert: secondOf(0, '12:10'),
  rooms: ['preassembly', 'restaurant'],
};

/** Gateways are restarted one by one for new software. */
export const RESTARTS = { from: secondOf(1, '08:40'), apart: 18, lasts: 40 };

/** From then on one badge says the same for ever while its wearer walks about. */
export const STUCK = { from: secondOf(1, '15:00'), temperature: 27, claps: 9 };

/** In this session so many of those present let others connect to their badge: it stops sending what we listen to. */
export const CONNECTABLE = { session: 'badge-workshop', share: 0.4 };

/** Badges left on a table overnight, and one that is lost for good. */
export const PARKED = { ...span(1, '18:20', '08:30', 2), room: 'lounge', badges: 3 };
export const LOST = { from: secondOf(1, '22:00'), room: 'hotel-bar' };

/** Gateways that hear nobody: `isOff` says nothing either, the others speak as always. */
export const DEAF: readonly (Seconds & { room: string; gateway: string; isOff: boolean })[] = [
  { ...span(2, '14:20', '15:10'), room: 'mccurdy-3', gateway: 'gw-08', isOff: true },
  { ...span(2, '14:20', '15:10'), room: 'mccurdy-3', gateway: 'gw-09', isOff: false },
  { ...span(3, '09:47', '11:30'), room: 'maginnes-1', gateway: 'gw-03', isOff: false },
];

/** The wifi is away: what these hear is sent when it is back. */
export const OUTAGE = { ...span(2, '16:05', '16:40'), gateways: ['gw-16', 'gw-17', 'gw-18'] };

/** Clocks that are off, ms. */
export const CLOCKS: Record<string, number> = { 'gw-12': 2300, 'gw-20': -47_000 };

/** In the ordinary weeks, on the Tuesday of the last one, most stay away. */
export const EMPTY_TUESDAY = { from: 10 * 3600, until: 12 * 3600, share: 0.25 };
