import { areaOf, ROOMS, TERRACE } from './areas.ts';
import type { Cast } from './cast.ts';
import type { Advert, Firmware } from './firmware.ts';
import type { Gateways } from './gateways.ts';
import { house } from './house.ts';
import { LOW, LOW_CROWD } from './planted.ts';
import { createRadio, gatewaysOn } from './radio.ts';
import { hash, normal, saltOf } from './random.ts';
import type { Scene } from './scene.ts';
import { isWallOpen } from './story.ts';
import type { SightingTold, Told } from './told.ts';
import type { Where } from './ways.ts';
import { GONE, type Held, type Wearing, WORN } from './wearing.ts';

const SECOND_MS = 1000;
/** A weaker advert is not decoded, dBm; and of those that are loud enough some collide. */
const SENSITIVITY_DBM = -92;
const COLLIDES = 0.1;
/** Levels differ from spot to spot, and from advert to advert, dB: together the 4 dB of such rooms. */
const SPOT_DB = 2.6;
const FADING_DB = 3;
/** Nothing this much below the sensitivity is ever decoded, dB. */
const HOPELESS_DB = 11;
/** What each person in a room takes from what is heard there, dB, and at most. */
const CROWD_DB = 0.015;
const CROWD_MAX_DB = 4;
/** A burst begins in the first part of a second, ms: a short one ends in the same second. */
const BEGINS_MS = 700;
/** Where a level is the same for somebody who stays, m. */
const SPOT_M = 1;

export type AirOptions = {
  /** adverts each time that a badge says that it is there, and ms from one to the next */
  adverts: number;
  advertMs: number;
  /** dB added to what badges send */
  powerDb: number;
  /** only every other gateway is there */
  isSparse: boolean;
};

/** What gateways hear. */
export type Air = {
  /** A badge speaks: puts a report of each gateway that hears it. */
  burst(person: number, second: number, put: (told: Told) => void): void;
};

export function createAir(
  seed: number,
  { adverts, advertMs, powerDb, isSparse }: AirOptions,
  {
    cast,
    scene,
    wearing,
    firmware,
    gateways,
  }: { cast: Cast; scene: Scene; wearing: Wearing; firmware: Firmware; gateways: Gateways },
): Air {
  const { story, people } = scene;
  const radio = createRadio();
  const salt = saltOf(seed, 'air');
  const spots = saltOf(seed, 'spots');
  const rooms = house.gateways.map(({ room }) => areaOf(room));
  const listening = gatewaysOn.map((list) => list.filter((gateway) => !isSparse || gateway % 2 === 0));
  const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };
  const sent: Advert & { person: number; second: number } = { person: -1, second: -1, temperature: 0, claps: null };

  const isLow = (second: number) => story.isPlanted && second < LOW.until;

  /** dB that bodies take: the wearer's from what is behind them, the crowd's in the gateway's room. */
  function bodies(person: number, gateway: number, isWorn: boolean, low: boolean): number {
    const crowd = people[rooms[gateway]!]!;
    const inTheWay = Math.min(CROWD_MAX_DB, crowd * CROWD_DB) + (low && crowd > LOW_CROWD.people ? LOW_CROWD.db : 0);
    if (!isWorn) return inTheWay;
    const { x, y } = house.gateways[gateway]!;
    const [gx, gy] = [x - where.x, y - where.y];
    const ahead = (gx * where.dx + gy * where.dy) / (Math.sqrt(gx * gx + gy * gy) || 1);
    return inTheWay + (cast.body[person]! * (1 - ahead)) / 2;
  }

  /** The first advert of a burst that a gateway decodes; −1: none. Its level is left in `heard`. */
  const heard = { level: 0 };
  function decode(person: number, second: number, gateway: number, mean: number, lost: number): number {
    for (let place = 0; place < adverts; place += 1) {
      const bits = hash(salt, person, second + (place << 20), gateway);
      const level = mean + FADING_DB * normal(bits);
      if (level < SENSITIVITY_DBM || (hash(bits, 1) & 1023) < lost * 1024) continue;
      heard.level = level;
      return place;
    }
    return -1;
  }

  /** What the badge sends is made once for all gateways that hear it in the same second. */
  function refresh(person: number, second: number, holding: Held): void {
    if (sent.person === person && sent.second === second) return;
    sent.person = person;
    sent.second = second;
    firmware.advert(person, second, holding, where.area, sent);
  }

  /** `ms`: since the story's epoch, when the advert was sent. */
  function report(person: number, ms: number, gateway: number, put: (told: Told) => void): void {
    const time = story.epoch + ms;
    const body: SightingTold = {
      kind: 'sighting',
      time: time + gateways.clock[gateway]!,
      gateway: gateways.ids[gateway]!,
      badge: cast.macs[person]!,
      rssi: Math.round(heard.level),
      temperature: sent.temperature,
      claps: sent.claps,
      simulated: true,
    };
    put({
      received: gateways.receivedAt(gateway, Math.floor(ms / SECOND_MS), time, hash(salt, person, ms, gateway)),
      body,
    });
  }

  return {
    burst(person, second, put) {
      const holding = wearing.place(person, second, where);
      const isNear = where.area < ROOMS || (where.area !== TERRACE && where.floor >= 0);
      if (holding === GONE || !isNear || wearing.isSilent(person, second)) return;
      const low = isLow(second);
      const begins = second * SECOND_MS + (hash(salt, person, second, -1) % BEGINS_MS);
      const levels = radio(where.floor, where.x, where.y, isWallOpen(story, second));
      const spot = Math.round(where.x / SPOT_M) * 256 + Math.round(where.y / SPOT_M);
      for (const gateway of listening[where.floor] ?? []) {
        const loud = levels[gateway]! + powerDb + gateways.gain[gateway]!;
        if (loud < SENSITIVITY_DBM - HOPELESS_DB) continue;
        const mean =
          loud + SPOT_DB * normal(hash(spots, person, spot, gateway)) - bodies(person, gateway, holding === WORN, low);
        const isLost = low && people[rooms[gateway]!]! > LOW_CROWD.people;
        const place = decode(person, second, gateway, mean, isLost ? LOW_CROWD.lost : COLLIDES);
        const ms = begins + place * advertMs;
        const sentAt = Math.floor(ms / SECOND_MS);
        if (place < 0 || !gateways.hears(gateway, sentAt)) continue;
        refresh(person, sentAt, holding);
        report(person, ms, gateway, put);
      }
    },
  };
}
