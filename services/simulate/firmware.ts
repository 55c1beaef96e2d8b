import { type Cast, isStuck } from './cast.ts';
import type { Hands } from './hands.ts';
import { BOXES, STUCK } from './planted.ts';
import { hash, saltOf } from './random.ts';
import type { Scene } from './scene.ts';
import type { Where } from './ways.ts';
import { BOXED, type Held, LYING, type Wearing } from './wearing.ts';

const DAY_S = 86_400;
const HOUR_S = 3600;
/** A badge warms up and cools down with this time constant, s. */
const SETTLES_S = 600;
/** What menus, apps and alerts send instead of claps. */
const PLACEHOLDER = 6;
/** Hours in which the wearer of a badge looks at its menus; how long, s. */
const MENUS = 0.1;
const MENU_MIN_S = 20;
const MENU_MAX_S = 90;
/** The alert stays until a button is pressed, s after it. */
const PRESS_MIN_S = 30;
const PRESS_MAX_S = 900;

/** What an advert says: whole °C, cut towards zero; claps of ten seconds, null where its wearer switched them off. */
export type Advert = { temperature: number; claps: number | null };

export type Firmware = {
  /** Writes what a badge sends at a second of the scene's day, held so in an area. */
  advert(person: number, second: number, holding: Held, area: number, advert: Advert): void;
  /** °C at the badge's sensor. */
  felt(person: number, second: number, holding: Held, area: number): number;
  /** Does what it sends tell of claps? */
  isCounting(person: number, second: number, holding: Held): boolean;
};

/** What is on the screen: the live values, the values of second `since`, or a menu that was opened then. */
type Shown = { since: number; isMenu: boolean; isFrozen: boolean };

export function createFirmware(seed: number, cast: Cast, scene: Scene, wearing: Wearing, hands: Hands): Firmware {
  const salt = saltOf(seed, 'buttons');
  const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };

  /** When it was put on today. */
  function putOn(person: number): number {
    const table = cast.tables.get(person);
    const came = scene.day * DAY_S + scene.comes[person]!;
    return table && Number.isFinite(table.until)
      ? Math.max(came, Math.floor(table.until / DAY_S) === scene.day ? table.until : 0)
      : came;
  }

  function felt(person: number, second: number, holding: Held, area: number): number {
    const room = scene.warmth.at(area, second);
    if (holding === BOXED) return room;
    const left = holding === LYING ? cast.tables.get(person)!.from : 0;
    const share = left
      ? Math.exp((left - second) / SETTLES_S)
      : 1 - Math.exp(-Math.max(0, second - putOn(person)) / SETTLES_S);
    return room + cast.own[person]! * share;
  }

  function areaAt(person: number, second: number): number {
    wearing.place(person, second, where);
    return where.area;
  }

  /** The last time that a wearer pressed a button in hour `hour`, and until when the menu stood open. */
  function spell(person: number, hour: number): { from: number; until: number } | null {
    const bits = hash(salt, person, hour);
    if (!cast.isPublished[person] && bits % 1000 >= MENUS * 1000) return null;
    const from = hour * HOUR_S + (hash(salt, person, hour, 1) % (HOUR_S - MENU_MAX_S));
    return { from, until: from + MENU_MIN_S + (hash(salt, person, hour, 2) % (MENU_MAX_S - MENU_MIN_S)) };
  }

  function shown(person: number, second: number, holding: Held): Shown {
    if (holding === BOXED) {
      const pressed = BOXES.alert + PRESS_MIN_S + (hash(salt, person, 3) % (PRESS_MAX_S - PRESS_MIN_S));
      const isAlert = second >= BOXES.alert && second < pressed;
      return { since: isAlert ? BOXES.alert : second, isMenu: isAlert, isFrozen: isAlert };
    }
    const live = { since: second, isMenu: false, isFrozen: false };
    if (holding === LYING) return live;
    const hour = Math.floor(second / HOUR_S);
    const now = spell(person, hour);
    const begun = now && now.from <= second ? now : cast.isPublished[person] ? spell(person, hour - 1) : null;
    if (!begun) return live;
    if (second < begun.until) return { since: Math.max(begun.from, putOn(person)), isMenu: true, isFrozen: true };
    if (!cast.isPublished[person]) return live;
    return { since: Math.max(begun.until, putOn(person)), isMenu: false, isFrozen: true };
  }

  function isCounting(person: number, second: number, holding: Held): boolean {
    const isOff = cast.isMute[person] || cast.isPublished[person] || isStuck(cast, person, second);
    return !isOff && !shown(person, second, holding).isMenu;
  }

  return {
    felt,
    isCounting,
    advert(person, second, holding, area, advert) {
      if (isStuck(cast, person, second)) {
        advert.temperature = STUCK.temperature;
        advert.claps = STUCK.claps;
        return;
      }
      const { since, isMenu, isFrozen } = shown(person, second, holding);
      advert.temperature = Math.trunc(felt(person, since, holding, isFrozen ? areaAt(person, since) : area));
      if (cast.isMute[person]) advert.claps = null;
      else if (isMenu) advert.claps = PLACEHOLDER;
      else if (isFrozen || holding !== 1) advert.claps = 0;
      else advert.claps = hands.gauge(person, second, cast.phase[person]!);
    },
  };
}
