import type { VenueFile } from '../model/venue.ts';
import { house, MERGED, PARTS } from './house.ts';
import { LOW } from './planted.ts';
import { merges, secondOf, sessions } from './programme.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 364 * DAY_MS;
/**
 * The demo's venue: a conference house with its programme.
 * @param start local midnight with which conference day 1 begins, UTC ms; last year's event lies 52 weeks before
 * @param zone an IANA zone without summer time
 */
export function demoVenue(start: number, zone: string): VenueFile {
  const epoch = start - DAY_MS;
  return {
    name: house.name,
    zone,
    floors: house.floors,
    rooms: house.rooms,
    doors: house.doors.filter(({ between }) => between.some(isRoom)).map(doorOf),
    merges: [epoch - YEAR_MS, epoch].flatMap(mergesOf),
    gateways: house.gateways.flatMap((gateway) => gatewayRows(gateway, epoch)),
    sensors: house.sensors,
    groups: [{ id: 'attendee', name: 'Attendees', counted: true }],
    badges: { default: 'attendee' },
    events: [
      eventOf('conference-before', 'Conference, last year', epoch - YEAR_MS),
      eventOf('conference', 'Conference', epoch),
    ],
    sessions: [...sessionsOf('conference-before', epoch - YEAR_MS, '-before'), ...sessionsOf('conference', epoch, '')],
  };
}

const isRoom = (id: string): boolean => house.rooms.some((room) => room.id === id);
const at = (epoch: number, second: number): string => new Date(epoch + second * 1000).toISOString();
const span = (epoch: number, { from, until }: { from: number; until: number }) => ({
  from: at(epoch, from),
  until: at(epoch, until),
});

const doorOf = ({ between, at: [x, y], width }: (typeof house.doors)[number]) => ({
  between: between.filter(isRoom),
  at: [x, y] as [number, number],
  width,
});

const mergesOf = (epoch: number) => merges.map((merge) => ({ room: MERGED, of: PARTS, ...span(epoch, merge) }));

/** A gateway that was moved has a row for each place. */
function gatewayRows(gateway: (typeof house.gateways)[number], epoch: number) {
  const [lowered, raised] = [at(epoch, LOW.from), at(epoch, LOW.until)];
  return [
    { ...gateway, height: LOW.highMetres, until: lowered },
    { ...gateway, height: LOW.lowMetres, from: lowered, until: raised },
    { ...gateway, height: LOW.highMetres, from: raised },
  ];
}

const eventOf = (id: string, name: string, epoch: number) => ({
  id,
  name,
  ...span(epoch, { from: secondOf(0, '12:00'), until: secondOf(3, '17:30') }),
});

const sessionsOf = (event: string, epoch: number, suffix: string) =>
  sessions.map((session) => ({
    id: session.id + suffix,
    event,
    title: session.title,
    kind: session.kind,
    room: session.room,
    ...span(epoch, session),
  }));
