import type { Crowd } from './crowd.ts';
import { STUCK } from './planted.ts';
import { hash, saltOf } from './random.ts';
import type { Story } from './story.ts';
import { layTables, type Table } from './tables.ts';

const DAY_S = 86_400;
const DAYS = 4;
/** From the desk to the collar. */
const PINNED_S = 150;
/** Badges whose radio is off: their wearers want it so. And those that do not count claps. */
const SILENT = 0.04;
const CLAPS_OFF = 0.08;
/** Badges with the firmware as it was published: what they send is made when a button is pressed. */
const PUBLISHED = 0.06;
/** What a wearer adds to the badge's own temperature, °C. */
const OWN_MIN = 3;
const OWN_MAX = 7;
/** Where the gauge's ten seconds begin. */
export const GAUGE_S = 10;

/** The badges of a story: what never changes about them. By person. */
export type Cast = {
  macs: readonly string[];
  isSilent: Uint8Array;
  isMute: Uint8Array;
  isPublished: Uint8Array;
  /** °C that the wearer adds */
  own: Float32Array;
  /** second of ten at which the gauge is renewed */
  phase: Uint8Array;
  /** dB that the wearer's body takes from what is behind it */
  body: Float32Array;
  /** the second from which the badge is worn, if its wearer is there */
  handed: Int32Array;
  tables: ReadonlyMap<number, Table>;
  /** who wears the badge that says the same for ever; −1: nobody */
  stuck: number;
};

export function createCast(seed: number, story: Story, crowd: Crowd): Cast {
  const { people } = crowd;
  const persons = Array.from({ length: people }, (_, person) => person);
  const [silent, mute, published, own, body, phase] = ['silent', 'mute', 'published', 'own', 'body', 'phase'].map(
    crowd.draw,
  );
  const flags = (draw: typeof silent, share: number) =>
    Uint8Array.from(persons, (person) => (draw!(person) < share ? 1 : 0));
  const cast: Cast = {
    macs: persons.map((person) => macOf(saltOf(seed, story.name), person)),
    isSilent: flags(silent, SILENT),
    isMute: flags(mute, CLAPS_OFF),
    isPublished: flags(published, PUBLISHED),
    own: Float32Array.from(persons, (person) => OWN_MIN + (OWN_MAX - OWN_MIN) * own!(person)),
    phase: Uint8Array.from(persons, (person) => Math.floor(phase!(person) * GAUGE_S)),
    body: Float32Array.from(persons, (person) => 6 + 6 * body!(person)),
    handed: Int32Array.from(persons, (person) => handedAt(story, person)),
    tables: new Map(),
    stuck: -1,
  };
  if (!story.isPlanted) return cast;
  const isPlain = (person: number) => !cast.isSilent[person] && !cast.isMute[person] && !cast.isPublished[person];
  const plain = inDrawnOrder(seed, persons).filter(isPlain);
  const tables = layTables(story, crowd, plain);
  const walks = (person: number) => [1, 2, 3].every((day) => story.life.stays(person, day));
  const stuck = plain.find((person) => walks(person) && !tables.has(person)) ?? -1;
  return { ...cast, tables, stuck };
}

export const isStuck = (cast: Cast, person: number, second: number): boolean =>
  person === cast.stuck && second >= STUCK.from;

function handedAt({ life, name }: Story, person: number): number {
  if (name === 'weeks') return 0;
  for (let day = 0; day < DAYS; day += 1) {
    const comes = life.comes(person, day);
    if (comes !== null) return day * DAY_S + Math.round(comes) + PINNED_S;
  }
  return 2 ** 31 - 1;
}

function inDrawnOrder(seed: number, persons: number[]): number[] {
  const salt = saltOf(seed, 'cast');
  return [...persons].sort((a, b) => hash(salt, a) - hash(salt, b) || a - b);
}

/** A random static address: its two highest bits are set. No two people of a story share one, up to 2²⁴ of them. */
function macOf(salt: number, person: number): string {
  const number = Math.imul(person, 0x9e3779b1 | 1) & 0xffffff;
  const bytes = [0xc0 | (salt & 63), (salt >>> 8) & 255, (salt >>> 16) & 255, number >>> 16, number >>> 8, number];
  return bytes.map((byte) => (byte & 255).toString(16).padStart(2, '0')).join(':');
}
