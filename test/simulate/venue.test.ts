import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Venue } from '../../services/model/venue.ts';
import { layout } from '../../services/simulate/calendar.ts';
import { demoVenue } from '../../services/simulate/venue.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { at, NOW, START } from './event.ts';

function read(start: number, zone: string): Venue {
  const found = parseVenue(JSON.stringify(demoVenue(start, zone)));
  assert.ok('venue' in found, JSON.stringify(found));
  return found.venue;
}

describe('demoVenue(start, zone)', () => {
  const venue = read(START, 'Etc/GMT');

  it('is a venue without a fault, whatever the hour', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const { start, zone } = layout(NOW + hour * 3_600_000);
      assert.equal(read(start, zone).zone, zone);
    }
  });

  it('has two floors, the rooms of the plan and the merged one, twenty gateways, and keeps its dates apart', () => {
    assert.equal(venue.file.floors?.length, 2);
    assert.equal(venue.rooms.length, 13);
    assert.equal(new Set(venue.gateways.map(({ id }) => id)).size, 20);
    assert.deepEqual(
      venue.file.events?.map(({ id }) => id),
      ['conference-before', 'conference'],
    );
  });

  it('gateways hang high, stand low for the event, and are raised on the evening of day 1', () => {
    for (const id of new Set(venue.gateways.map((gateway) => gateway.id))) {
      const rows = venue.file.gateways.filter((row) => row.id === id);
      assert.deepEqual(
        rows.map(({ height }) => height),
        [2.4, 1.1, 2.4],
      );
      assert.deepEqual(
        rows.slice(1).map(({ from }) => from),
        [at(-1, '18:00'), at(1, '19:00')],
      );
    }
  });

  it('the wall is open whenever the programme is in the merged room, and closed when it is in a part', () => {
    const isOpen = (from: number, until: number) =>
      venue.merges.some((merge) => merge.from <= from && until <= merge.until);
    const isClosed = (from: number, until: number) =>
      !venue.merges.some((merge) => merge.from < until - 300_000 && from + 300_000 < merge.until);
    const sessions = venue.file.sessions!.map((session) => ({
      ...session,
      from: Number(session.from),
      until: Number(session.until),
    }));
    for (const { id, room, from, until } of sessions) {
      if (room === 'mccurdy-12') assert.ok(isOpen(from, until), id);
      if (room === 'mccurdy-1' || room === 'mccurdy-2') assert.ok(isClosed(from, until), id);
    }
    assert.equal(sessions.filter(({ room }) => room === 'mccurdy-12').length, 2 * 14);
  });

  it('moves every date with its start', () => {
    const later = read(START + 86_400_000, 'Etc/GMT');
    const moved = (of: Venue) => of.file.sessions!.map(({ from }) => Number(from));
    assert.deepEqual(
      moved(later),
      moved(venue).map((time) => time + 86_400_000),
    );
  });
});
