import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { VenueFile } from '../../services/model/venue.ts';
import { moved } from '../../services/validate/venue/moved.ts';
import { parseVenue } from '../../services/validate/venue.ts';

const VENUE: VenueFile = {
  zone: 'UTC',
  rooms: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
  gateways: [{ id: 'pi-1', room: 'a', offset: 2 }],
};
const HOUR = 3_600_000;
const T0 = Date.parse('2026-11-03T00:00:00Z');

/** In which room a gateway stands, by the venue as it is read. */
function roomAt(file: VenueFile, gateway: string, at: number): string | undefined {
  const read = parseVenue(JSON.stringify(file));
  assert.ok('venue' in read, JSON.stringify(read));
  return read.venue.gateways.find((row) => row.id === gateway && row.from <= at && at < row.until)?.room;
}

describe('a gateway that is moved', () => {
  it('moved(file, id, place) leaves every instant before it as it was, and the file a venue', () => {
    const move = fc.record({ hour: fc.integer({ min: 0, max: 48 }), room: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 8 }), (moves) => {
        let file = VENUE;
        for (const { hour, room } of moves) {
          const before = file;
          const from = T0 + hour * HOUR;
          file = moved(before, 'pi-1', { room, from });
          for (let at = T0 - HOUR; at < from; at += HOUR)
            assert.equal(roomAt(file, 'pi-1', at), roomAt(before, 'pi-1', at));
          assert.equal(roomAt(file, 'pi-1', from), room);
        }
      }),
    );
  });

  it('a place that is written for later stays, what was added to its signal too, and a stranger is taken in', () => {
    const later = moved(VENUE, 'pi-1', { room: 'c', from: T0 + 2 * HOUR });
    const both = moved(later, 'PI-1'.toLowerCase(), { room: 'b', x: 1, y: 2, height: 3, from: T0 + HOUR });
    assert.deepEqual(
      [0, 1, 2].map((hour) => roomAt(both, 'pi-1', T0 + hour * HOUR)),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(
      both.gateways.map(({ offset }) => offset),
      [2, 2, 2],
    );
    assert.equal(roomAt(moved(VENUE, 'new', { room: 'b', from: T0 }), 'new', T0 - 1), undefined);
    assert.equal(roomAt(moved(VENUE, 'new', { room: 'b', from: T0 }), 'new', T0), 'b');
  });
});
