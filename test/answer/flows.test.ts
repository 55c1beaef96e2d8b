import assert from 'node:assert/strict';
import { it } from 'node:test';
import { minutesOf, writeMinutes } from '../../jobs/minutes.ts';
import { flowRows } from '../../services/answer/flows.ts';
import { createPresenceTable, presenceTaker } from '../../services/answer/presences.ts';
import { publish } from '../../services/ledger/manifest.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import type { Venue } from '../../services/model/venue.ts';
import { openMemory } from '../../services/store/database.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { newFolder, remove } from '../service.ts';

const MINUTE = 60_000;
const venue = {
  zone: 'Europe/Dublin',
  file: { zone: 'Europe/Dublin', rooms: [{ id: 'a' }, { id: 'b' }], gateways: [] },
  rooms: ['a', 'b'],
  gateways: [],
  merges: [],
} as unknown as Venue;

/** Publishes a day as jobs would: one badge, in a room for some minutes of it. */
async function publishDay(house: string, day: Day, asSeen: boolean, room: string, from: number, until: number) {
  const said = { day: day.day, span: day, positions: [], venue: '', rule: '', made: 1, note: null, asSeen };
  const memory = await openMemory(house);
  try {
    await createPresenceTable(memory.connection);
    const taker = await presenceTaker(memory.connection);
    const rest = { reason: '', parked: false, heard: until, visit: from, rule: '1' };
    taker.take({ badge: 'one', room, from, until, ...rest });
    taker.close();
    await publish(house, 'presences', said, async (aside) => {
      await memory.connection.run(`COPY presence TO '${aside}' (FORMAT parquet)`);
      return 1;
    });
    await publish(house, 'frames', said, (aside) => writeMinutes(memory, minutesOf(day, venue).sums(), '', aside));
  } finally {
    memory.close();
  }
}

it('flowRows of a revision goes back over midnight, though the day before has no such revision', async () => {
  const house = newFolder();
  const noon = Date.UTC(2026, 10, 19, 12);
  const [before, day] = daysIn({ from: noon, until: noon + 86_400_000 }, venue.zone) as [Day, Day];
  const midnight = day.from;
  const tables = async () => {
    throw new Error('no observation is asked for');
  };
  try {
    await publishDay(house, before, true, 'a', midnight - 20 * MINUTE, midnight - 2 * MINUTE);
    await publishDay(house, day, true, 'b', midnight + MINUTE, midnight + 9 * MINUTE);
    await publishDay(house, day, false, 'b', midnight + 3 * MINUTE, midnight + 9 * MINUTE);
    const from = { record: memoryRecord(venue.zone), house, venue: () => venue, tables };
    const asked = (revision: number) =>
      flowRows({ dataset: 'flows', span: { from: day.from, until: day.until }, revision }, from);
    for (const [revision, minute] of [
      [0, 1],
      [1, 3],
    ] as const) {
      const { rows, span } = await asked(revision);
      assert.deepEqual(rows, [{ time: midnight + minute * MINUTE, room: 'a', to: 'b', count: 1 }]);
      assert.equal(span.from, midnight);
    }
    await assert.rejects(asked(2), /a revision that 2026-11-20 has: 0, 1/);
    for (const [room, of] of [
      ['b', ['a', 'c']],
      ['a', ['b', 'c']],
    ] as const) {
      const merges = [{ room, of: [...of], from: midnight, until: day.until }];
      const walled = await flowRows(
        { dataset: 'flows', span: day, revision: 0 },
        { ...from, venue: () => ({ ...venue, merges }) },
      );
      assert.deepEqual(walled.rows, [], `nobody walks where a wall makes ${room} of ${of}`);
    }
  } finally {
    remove(house);
  }
});
