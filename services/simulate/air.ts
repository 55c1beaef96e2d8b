import type { Cast } from './cast.ts';
import { createEars } from './ears.ts';
import type { Advert, Firmware } from './firmware.ts';
import type { Gateways } from './gateways.ts';
import { gatewaysOn } from './radio.ts';
import { hash, saltOf } from './random.ts';
import type { Scene } from './scene.ts';
import type { SightingTold, Told } from './told.ts';
import type { Where } from './ways.ts';
import { GONE, type Held, type Wearing, WORN } from './wearing.ts';

const SECOND_MS = 1000;
/** A burst begins in the first part of a second, ms: a short one ends in the same second. */
const BEGINS_MS = 700;

export type AirOptions = {
  /** adverts each time that a badge says that it is there, and ms from one to the next */
  adverts: number;
  advertMs: number;
  /** only every other gateway is there */
  isSparse: boolean;
  /** of one burst only the loudest report is passed on */
  isLoudestOnly: boolean;
};

type Known = { cast: Cast; scene: Scene; wearing: Wearing; firmware: Firmware; gateways: Gateways };

/** A badge speaks: puts a report of each gateway that hears it. */
export type Burst = (person: number, second: number, put: (told: Told) => void) => void;

export function createAir(seed: number, options: AirOptions, known: Known): Burst {
  const { adverts, advertMs, isSparse, isLoudestOnly } = options;
  const { cast, scene, wearing, firmware, gateways } = known;
  const ears = createEars(seed, adverts, cast, gateways, scene);
  const salt = saltOf(seed, 'bursts');
  const listening = gatewaysOn.map((list) => list.filter((gateway) => !isSparse || gateway % 2 === 0));
  const where: Where = { area: 0, floor: 0, x: 0, y: 0, dx: 0, dy: 0 };
  const sent: Advert & { person: number; second: number } = { person: -1, second: -1, temperature: 0, claps: null };
  const heard = { place: 0, level: 0 };

  /** What the badge sends is made once for all gateways that hear it in the same second. */
  function refresh(person: number, second: number, holding: Held): void {
    if (sent.person === person && sent.second === second) return;
    sent.person = person;
    sent.second = second;
    firmware.advert(person, second, holding, where.area, sent);
  }

  /** `ms`: since the story's epoch, when the advert was sent. */
  function report(person: number, ms: number, gateway: number, holding: Held): Told {
    const second = Math.floor(ms / SECOND_MS);
    const time = scene.story.epoch + ms;
    refresh(person, second, holding);
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
    return { received: gateways.receivedAt(gateway, second, time, hash(salt, person, ms, gateway)), body };
  }

  return (person, second, put) => {
    const holding = wearing.place(person, second, where);
    if (holding === GONE || where.floor < 0 || wearing.isSilent(person, second)) return;
    ears.attend(person, second, where, holding === WORN);
    const begins = second * SECOND_MS + (hash(salt, person, second) % BEGINS_MS);
    let loudest: Told | null = null;
    for (const gateway of listening[where.floor]!) {
      if (!ears.hears(gateway, heard)) continue;
      const ms = begins + heard.place * advertMs;
      if (!gateways.hears(gateway, Math.floor(ms / SECOND_MS))) continue;
      const told = report(person, ms, gateway, holding);
      if (!isLoudestOnly) put(told);
      else if (!loudest || rssiOf(told) > rssiOf(loudest)) loudest = told;
    }
    if (loudest) put(loudest);
  };
}

const rssiOf = ({ body }: Told): number => (body.kind === 'sighting' ? body.rssi : 0);
