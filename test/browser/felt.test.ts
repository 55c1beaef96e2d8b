import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sentenceOf } from '../../jobs/sentence.ts';
import { sentenceFor } from '../../services/live/sentence.ts';
import { settledRule } from '../../services/model/rule.ts';
import { sensedIn } from '../../services/model/sensed.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { scaleOf } from '../../web/draw/live/legend.ts';
import { detailOf } from '../../web/draw/live/words.ts';
import { sparkline } from '../../web/draw/plan/sparkline.ts';
import { tile } from '../../web/draw/plan/tile.ts';
import { createHistory } from '../../web/view/live/history.ts';
import { TREND_OF } from '../../web/view/live/room.ts';
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
    const now = roomsNow(venue, {
      frame: null,
      history,
      gapSince: null,
      gateways: new Map(),
      usual: new Map(),
      layer: 'occupancy',
    });
    const said = (id: string) =>
      detailOf({ name: id, capacity: null }, { ...now.get(id)!, coverage: 'good', count: 3, temperature: 24.4 }, 'UTC');
    assert.match(said('bar'), /24\.4\u202f°C felt by badges · /);
    assert.match(said('one'), /24\.4\u202f°C · /);
  });

  it('a trend of degrees has no zero: half a degree is a slope, and small; claps begin at none', () => {
    const trendOf = (layer: 'temperature' | 'claps', values: number[]) => {
      const slot = { x: 0, y: 0, width: 100, height: 40 };
      const isFree = TREND_OF[layer] === 'temperature';
      const marks = sparkline(slot, { values: { from: 0, stepMs: 1, values }, band: null, ink: '', thick: 1, isFree });
      const d = marks.find(({ key }) => key === 'trend')!.attributes.d as string;
      return d
        .split(/[ML]/)
        .slice(1)
        .map((point) => Math.round(Number(point.split(',')[1])));
    };
    assert.deepEqual(trendOf('temperature', [24, 24.5]), [23, 18]);
    assert.deepEqual(trendOf('temperature', [20, 28]), [39, 2]);
    assert.deepEqual(trendOf('claps', [0, 4, 2]), [39, 2, 20]);
  });

  it('its tile says it, beside the other figures and as the large one', () => {
    const history = createHistory(rooms.map(({ id }) => id));
    const now = roomsNow(venue, {
      frame: null,
      history,
      gapSince: null,
      gateways: new Map(),
      usual: new Map(),
      layer: 'occupancy',
    });
    const type = { name: 15, count: 46, small: 11, pitch: 4, pad: 6, min: 9, isRich: true };
    const words = (id: string, layer: 'occupancy' | 'temperature', width: number) =>
      tile({
        shape: { id, name: id, capacity: null, rings: [], label: [0, 0, width, 200], area: null },
        now: { ...now.get(id)!, coverage: 'good', count: 3, claps: 2, temperature: 24.4 },
        ...{ layer, extents, type, fill: '#fff', ink: '#000', zone: 'UTC', scale: 1, origin: [0, 0] },
        measure: (text, size) => text.length * size * 0.5,
      }).flatMap((mark) => ('text' in mark ? [mark.text as string] : []));
    assert.ok(words('bar', 'occupancy', 300).includes('24.4\u202f°C felt by badges'));
    assert.ok(words('bar', 'occupancy', 120).includes('24.4\u202f°C felt'));
    assert.ok(words('one', 'occupancy', 300).includes('24.4\u202f°C'));
    assert.ok(words('bar', 'temperature', 300).includes('°C felt'));
    assert.ok(words('one', 'temperature', 300).includes('°C'));
  });

  it('an anomaly says it, and a rule that fires', () => {
    const band = { low: 20, high: 22, q25: 20.5, q75: 21.5, rung: 'hour', n: 3, context: '', session: null } as const;
    const still = { severity: 'minor', score: 1, expected: 21, step: null, jump: null, stuck: false, same: 1 } as const;
    const said = (room: string) =>
      sentenceOf(
        { ...band, ...still, room, measure: 'temperature', time: 36_300_000, value: 24.4, since: null },
        { file: venue },
        [],
      );
    assert.equal(said('bar'), 'bar: 24.4 °C felt by badges at 10:05; from 10:00 it is usually 20.5–21.5 °C (3 days).');
    assert.match(said('one'), /^one: 24\.4 °C at 10:05; /);
    const rule = settledRule('warm', { measure: 'temperature', above: 24, where: 'rooms' }, 'page');
    const fired = (room: string) => sentenceFor(rule, `room:${room}`, 24.4, venue);
    assert.match(fired('bar'), /^bar: 24\.4\u202f°C felt by badges, above 24\.0\u202f°C/);
    assert.match(fired('one'), /^one: 24\.4\u202f°C, above /);
  });

  it('the legend of the layer says it where a room has no sensor', () => {
    const note = (of: VenueFile) => scaleOf({ layer: 'temperature', extents, venue: of }).note;
    assert.match(note(venue), /felt by badges/);
    assert.equal(note({ ...venue, rooms: [{ id: 'one' }], merges: [] }), '');
  });
});
