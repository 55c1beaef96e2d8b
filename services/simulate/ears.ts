import { areaOf } from './areas.ts';
import type { Cast } from './cast.ts';
import type { Gateways } from './gateways.ts';
import { house } from './house.ts';
import { LOW, LOW_CROWD } from './planted.ts';
import { createRadio } from './radio.ts';
import { hash, normal, saltOf } from './random.ts';
import type { Scene } from './scene.ts';
import { isWallOpen } from './story.ts';
import type { Where } from './ways.ts';

/** A weaker advert is not decoded, dBm; and of those that are loud enough so many are lost. */
const SENSITIVITY_DBM = -97;
const LOST = 0.1;
/** Levels differ from spot to spot, and from advert to advert, dB: together the 4 dB of such rooms. */
const SPOT_DB = 2.6;
const FADING_DB = 3;
/** Nothing this much below the sensitivity is ever decoded, dB. */
const HOPELESS_DB = 11;
/** What each person in a gateway's room takes from what it hears, dB, and at most. */
const CROWD_DB = 0.015;
const CROWD_MAX_DB = 4;

/** A burst that one gateway heard: which of its adverts, and how loud, dBm. */
type Heard = { place: number; level: number };

export type Ears = {
  /** Turns to a badge: where it is, and on whom. */
  attend(person: number, second: number, where: Where, isWorn: boolean): void;
  /** Writes into `heard` the first advert that a gateway decodes; false: none. */
  hears(gateway: number, heard: Heard): boolean;
};

/** What comes through walls, bodies and noise. `adverts`: how many there are in a burst. */
export function createEars(seed: number, adverts: number, cast: Cast, gateways: Gateways, scene: Scene): Ears {
  const { story, people } = scene;
  const radio = createRadio();
  const [air, spots] = [saltOf(seed, 'air'), saltOf(seed, 'spots')];
  const rooms = house.gateways.map(({ room }) => areaOf(room));
  const badge = { person: 0, second: 0, x: 0, y: 0, dx: 0, dy: 0, spot: 0, isWorn: false, isLow: false };
  let levels: Float32Array = new Float32Array();

  /** dB that the wearer's body takes, from what is behind them. */
  function bodyDb(gateway: number): number {
    const { x, y } = house.gateways[gateway]!;
    const [gx, gy] = [x - badge.x, y - badge.y];
    const ahead = (gx * badge.dx + gy * badge.dy) / (Math.sqrt(gx * gx + gy * gy) || 1);
    return (cast.body[badge.person]! * (1 - ahead)) / 2;
  }

  return {
    attend(person, second, where, isWorn) {
      levels = radio(where.floor, where.x, where.y, isWallOpen(story, second));
      Object.assign(badge, where, { person, second, isWorn, spot: (Math.round(where.x) << 8) + Math.round(where.y) });
      badge.isLow = story.isPlanted && second < LOW.until;
    },
    hears(gateway, heard) {
      const loud = levels[gateway]! + gateways.gain[gateway]!;
      if (loud < SENSITIVITY_DBM - HOPELESS_DB) return false;
      const { person, second, spot, isLow, isWorn } = badge;
      const crowd = people[rooms[gateway]!]!;
      const isBuried = isLow && crowd > LOW_CROWD.people;
      const inTheWay =
        Math.min(CROWD_MAX_DB, crowd * CROWD_DB) + (isBuried ? LOW_CROWD.db : 0) + (isWorn ? bodyDb(gateway) : 0);
      const mean = loud - inTheWay + SPOT_DB * normal(hash(spots, person, spot, gateway));
      const lost = isBuried ? LOW_CROWD.lost : LOST;
      for (let place = 0; place < adverts; place += 1) {
        const bits = hash(air, person, second + (place << 24), gateway);
        const level = mean + FADING_DB * normal(bits);
        if (level < SENSITIVITY_DBM || (hash(bits, 1) & 1023) < lost * 1024) continue;
        heard.place = place;
        heard.level = level;
        return true;
      }
      return false;
    },
  };
}
