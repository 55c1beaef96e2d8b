import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sensedIn } from '../../services/model/sensed.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { scaleOf } from '../../web/draw/live/legend.ts';
import { detailOf } from '../../web/draw/live/words.ts';
import { createHistory } from '../../web/view/live/history.ts';
import { roomsNow } from '../../web/view/live/rooms.ts';

const rooms = ['hall', 'one', 'two', 'bar'].map((id) => ({ id }));
const merges = [{ room: 'hall', of: ['one', 'two'], from: 0, until: 1 }];
const sensors = [
  { id: 'air-1', room: 'one', quantities: ['temperature', 'co2'] },
  { id: 'noise-1', room: 'bar', quantities: ['sound'] },
];
const venue: VenueFile = { name: 'House', zone: 'UTC', rooms, gateways: [], merges, sensors };
const extents = { claps: 1, people: 1 };

describe('what badges alone feel', () => {
  it('sensedIn(venue) has rooms with a sensor of temperature, and merged ones of which a part has one', () => {
    assert.deepEqual([...sensedIn(venue)].sort(), ['hall', 'one']);
    assert.deepEqual([...sensedIn({ ...venue, sensors: [{ id: 'any', room: 'two' }] })].sort(), ['hall', 'two']);
    assert.deepEqual([...sensedIn({ name: 'House', zone: 'UTC', rooms, gateways: [] })], []);
  });

  it('the line of a room says it of a temperature that no sensor measured', () => {
    const history = createHistory(rooms.map(({ id }) => id));
    const now = roomsNow(venue, { frame: null, history, gapSince: null, gateways: new Map(), usual: new Map() });
    const said = (id: string) =>
      detailOf({ name: id, capacity: null }, { ...now.get(id)!, coverage: 'good', count: 3, temperature: 24.4 }, 'UTC');
    assert.match(said('bar'), /24\.4\u202f°C felt by badges · /);
    assert.match(said('one'), /24\.4\u202f°C · /);
  });

  it('the legend of the layer says it where a room has no sensor', () => {
    const note = (of: VenueFile) => scaleOf({ layer: 'temperature', extents, venue: of }).note;
    assert.match(note(venue), /felt by badges/);
    assert.equal(note({ ...venue, rooms: [{ id: 'one' }], merges: [] }), '');
  });
});
