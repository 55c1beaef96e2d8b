import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changesIn, changesOf } from '../../services/model/changes.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { changesAt } from '../../web/view/explore/changes.ts';

const at = (clock: string) => Date.parse(`2026-11-03T${clock}:00Z`);
const file: VenueFile = {
  zone: 'Europe/Dublin',
  rooms: [{ id: 'hall', name: 'The Hall' }, { id: 'den' }],
  gateways: [
    { id: 'g1', room: 'hall', x: 1, y: 1, height: 2, until: '2026-11-03T10:00:00Z' },
    { id: 'g1', room: 'hall', x: 1, y: 1, height: 3, from: '2026-11-03T10:00:00Z', until: at('11:30') },
    { id: 'g1', room: 'den', x: 1, y: 1, height: 3, from: at('11:30') },
    { id: 'g2', room: 'den', from: at('12:00') },
    { id: 'g3', room: 'den', from: at('12:00'), until: at('13:00') },
    { id: 'g4', room: 'den' },
    { id: 'g5', room: 'den', x: 1, y: 1, height: 3, until: at('14:00') },
    { id: 'g5', room: 'den', x: 2, y: 1, height: 2, from: at('14:00'), until: at('15:00') },
    { id: 'g5', room: 'hall', x: 2, y: 1, height: 4, from: at('15:00') },
  ],
};

it('changesOf(venue) has an entry an instant: raised, moved, put up, taken away; what always stood is none', () => {
  const found = changesOf(file).map(({ time, gateways, room, sentence }) => [time, gateways, room, sentence]);
  assert.deepEqual(found, [
    [at('10:00'), 1, 'hall', 'Gateway g1 was raised in The Hall'],
    [at('11:30'), 1, 'den', 'Gateway g1 was moved to den'],
    [at('12:00'), 2, null, '2 gateways were changed'],
    [at('13:00'), 1, 'den', 'Gateway g3 was taken away from den'],
    [at('14:00'), 1, 'den', 'Gateway g5 was moved within den and lowered'],
    [at('15:00'), 1, 'hall', 'Gateway g5 was moved to The Hall and raised'],
  ]);
  const within = changesIn(file, { from: at('11:30'), until: at('12:00') });
  assert.deepEqual(
    within.map(({ time }) => time),
    [at('11:30')],
  );
});

it('changesAt(path, fields) finds the step, or the day and its part, that a change is in; an hour of all days is none', () => {
  const found = changesAt(changesOf(file), 'Europe/Vienna');
  const times = (path: (string | number)[], fields: string[]) => found(path, fields).map(({ time }) => time);
  assert.deepEqual(times([at('11:00')], ['step']), [at('11:30')]);
  assert.deepEqual(times([at('11:30')], ['step:15m']), [at('11:30')]);
  assert.deepEqual(times([at('11:15')], ['step:15m']), []);
  assert.equal(times(['hall', '2026-11-03'], ['room', 'day']).length, 6);
  assert.deepEqual(times(['2026-11-03', 'hall'], ['day', 'room']), [], 'the day above has them');
  assert.deepEqual(times(['2026-11-03', 12], ['day', 'hour']), [at('11:30')]);
  assert.deepEqual(times(['2026-11-03', '14:00'], ['day', 'time:30m']), [at('13:00')]);
  assert.deepEqual([times([12], ['hour']), times(['hall'], ['room']), times(['2026-11-04'], ['day'])], [[], [], []]);
});
