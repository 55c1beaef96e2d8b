import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LOADED_FROM, PARTITION } from '../../services/model/batch.ts';
import type { Observation } from '../../services/model/observation.ts';
import { openMemory } from '../../services/store/database.ts';
import { observationOf } from '../../services/store/read.ts';
import { type Row, rowsOf } from '../../services/store/rows.ts';
import type { Between, Store, Stored } from '../../services/store/store.ts';
import { batchOf, placed, sighting, sightings } from '../sightings.ts';

/** An empty store, and where its copies may lie; `reopen` is what a restart does, `close` ends it. */
export type Opened = { store: Store; copies: string; reopen(): Promise<Store>; close(): Promise<void> };

const ALL = { from: -Infinity, until: Infinity };
const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 3, 10);

export async function everything(store: Store, span = ALL, where = {}): Promise<Stored[]> {
  const rows: Stored[] = [];
  for await (const chunk of store.read(span, where)) rows.push(...chunk);
  return rows;
}

/** What makes two observations the same one: all but `received` and position. */
export const content = (observation: Observation | Stored): string =>
  JSON.stringify(
    Object.entries(observation)
      .filter(([name]) => name !== 'received' && name !== 'position')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const maybe = <T>(values: T[]) => fc.constantFrom(...values, null);
const instant = fc.integer({ min: 0, max: 2 }).map((i) => T0 + i * 70 * MINUTE);
/** Few values a field, so that repeats and near-repeats are common. */
const anyObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    kind: fc.constant('sighting' as const),
    time: instant,
    received: instant,
    gateway: fc.constantFrom('pi-1', 'pi-2'),
    badge: fc.constantFrom('k1.AAAAAAAAAAAAAAAA', 'k1.BBBBBBBBBBBBBBBB'),
    rssi: fc.constantFrom(-127, -60, 20),
    temperature: maybe([-40, 0, 21.55]),
    claps: maybe([0, 255]),
    battery: maybe([0, 3.162]),
    simulated: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('measurement' as const),
    time: instant,
    received: instant,
    sensor: fc.constantFrom('th-1', 'pi-1'),
    quantity: fc.constantFrom('co2', 'temperature'),
    value: fc.constantFrom(0, -1.5, 400.25),
    simulated: fc.constant(false),
  }),
  fc.record({
    kind: fc.constant('heartbeat' as const),
    time: instant,
    received: instant,
    gateway: fc.constantFrom('pi-1', 'pi-2'),
    status: fc.constantFrom('online' as const, 'offline' as const),
    info: maybe(['', 'up 3 days']),
    simulated: fc.constant(false),
  }),
);

async function rawIn(file: string): Promise<Row[]> {
  const memory = await openMemory(dirname(file));
  const rows: Row[] = [];
  for await (const some of rowsOf(await memory.connection.stream('FROM read_parquet($file)', { file })))
    rows.push(...some);
  memory.close();
  return rows;
}

/** Rows of a copy of the river, as they stand in it. */
async function rowsIn(file: string): Promise<Stored[]> {
  const rows = (await rawIn(file)).map(observationOf);
  assert.deepEqual(
    rows.map(({ position }) => position),
    rows.map(({ position }) => position).sort((a, b) => a - b),
  );
  return sorted(rows);
}

/** What a copy of levels has of a row. */
const levelOf = ({ kind, time, received, position, ...rest }: Stored | Row): string => {
  const { gateway = null, badge = null, rssi = null } = rest as Row;
  return JSON.stringify({ kind, time, received, gateway, badge, rssi, position });
};

/** In order of position; rows of one position have an order of their own in each store. */
const sorted = (rows: Stored[]): Stored[] =>
  rows
    .map((row) => [`${String(row.position).padStart(16, '0')} ${content(row)}`, row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

/**
 * How far back a store knows what it has: for ever, or until a restart. What it then takes for new is still kept once,
 * but lies at a new position, and may have moved its `received`.
 */
export type Memory = 'for ever' | 'until a restart';

/** What every store promises. */
export function storeContract(name: string, open: () => Promise<Opened>, memory: Memory = 'for ever', runs = 40): void {
  const forEver = memory === 'for ever';
  const using = async (test: (opened: Opened) => Promise<void>) => {
    const opened = await open();
    await test(opened).finally(() => opened.close());
  };

  describe(`store ${name}`, () => {
    it('append(batch) keeps every field as it was, unknown ones as null', () =>
      using(async ({ store }) => {
        const all = [
          sighting({ temperature: 21.55, claps: 3, battery: 3.162, rssi: -127, received: T0 + 5, simulated: true }),
          sighting({ rssi: 20, temperature: -40, claps: 0, battery: 0 }),
          {
            kind: 'measurement',
            time: T0 + 1,
            received: T0 + 2,
            sensor: 'th-1',
            quantity: 'co2',
            value: 412.125,
            simulated: false,
          },
          {
            kind: 'heartbeat',
            time: T0 + 1,
            received: T0 + 2,
            gateway: 'pi-9',
            status: 'online',
            info: null,
            simulated: false,
          },
        ] satisfies Observation[];
        const receipt = await store.append(batchOf(all));
        assert.equal(receipt.stored, 4);
        const rows = await everything(store);
        const bare = rows.map(({ position, ...observation }) => {
          assert.equal(position, receipt.position);
          return observation;
        });
        assert.deepEqual(
          new Set(bare.map((row) => JSON.stringify(row))),
          new Set(all.map((row) => JSON.stringify(row))),
        );
      }));

    it('append(batch) twice leaves one of each, the first', () =>
      using(async ({ store }) => {
        await store.append(batchOf(sightings(5)));
        const again = sightings(6).map((row) => ({ ...row, received: row.received + 9000 }));
        const receipt = await store.append(batchOf(again));
        assert.equal(receipt.stored, 1);
        assert.deepEqual([...receipt.duplicates].sort(), [0, 1, 2, 3, 4]);
        const rows = await everything(store);
        assert.equal(rows.length, 6);
        assert.deepEqual(
          rows.slice(0, 5).map((row) => row.received),
          sightings(5).map((row) => row.received),
        );
      }));

    it('append(batch) knows one again after a restart, an hour and a month later', () =>
      using(async ({ store, reopen }) => {
        await store.append(batchOf(sightings(3)));
        const far = [sighting({ time: T0 + 3600_000 }), sighting({ time: T0 + 30 * 86_400_000 })];
        await store.append(batchOf(far));
        const again = await reopen();
        const receipt = await again.append(batchOf([...sightings(3), ...far, sighting({ rssi: -61 })]));
        assert.equal(receipt.stored, forEver ? 1 : 6);
        assert.equal((await everything(again)).length, 6);
      }));

    it('append(batch) equals the oracle on random contents, repeats within and across batches, nulls and restarts', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(anyObservation, { maxLength: 30 }), { maxLength: 6 }),
          fc.nat(5),
          (batches, restart) =>
            using(async ({ store, reopen }) => {
              let current = store;
              const known = new Map<string, number>();
              let recent = new Set<string>();
              for (const [i, observations] of batches.entries()) {
                if (i === restart) {
                  current = await reopen();
                  if (!forEver) recent = new Set();
                }
                const receipt = await current.append(batchOf(observations));
                const duplicates: number[] = [];
                observations.forEach((observation, place) => {
                  if (recent.has(content(observation))) duplicates.push(place);
                  else known.set(content(observation), observation.received);
                  recent.add(content(observation));
                });
                assert.deepEqual(
                  [...receipt.duplicates].sort((a, b) => a - b),
                  duplicates,
                );
                assert.equal(receipt.stored, observations.length - duplicates.length);
              }
              const rows = await everything(current);
              assert.deepEqual(new Map(rows.map((row) => [content(row), row.received])), known);
              assert.equal(rows.length, known.size);
            }),
        ),
        { numRuns: runs },
      ));

    it('append(batch) with positions stores those; what comes again keeps its own, and is read between two of them', () =>
      using(async ({ store, reopen }) => {
        const at = [1, 7, PARTITION, 3 * PARTITION + 5, 510 * PARTITION + 9];
        const batch = { ...batchOf(sightings(5)), positions: placed(at) };
        const receipt = await store.append(batch);
        assert.deepEqual([receipt.position, receipt.stored], [Math.max(...at), 5]);
        await store.append(batch);
        const again = await reopen();
        await again.append(batch);
        const positions = async (where: Between) => (await everything(again, ALL, where)).map((row) => row.position);
        assert.deepEqual(await positions({}), at);
        assert.deepEqual(await positions({ after: 1, before: PARTITION }), [7]);
        assert.deepEqual(await positions({ after: 3 * PARTITION - 1, before: 4 * PARTITION }), [3 * PARTITION + 5]);
        await again.append({ ...batchOf(sightings(1, 20)), past: true });
        assert.deepEqual(await positions({ before: LOADED_FROM }), at, 'loads are numbered elsewhere');
      }));

    it('append(batch) tells two apart that differ in any one field but received', () =>
      using(async ({ store }) => {
        const one = sighting({ temperature: 21.55, claps: 3, battery: 3.162 });
        const others = [
          { ...one, time: one.time + 1 },
          { ...one, gateway: 'pi-2' },
          { ...one, badge: 'k1.BBBBBBBBBBBBBBBB' },
          { ...one, rssi: -61 },
          { ...one, temperature: null },
          { ...one, claps: 0 },
          { ...one, battery: 3.163 },
          { ...one, simulated: true },
        ];
        const beat = {
          kind: 'heartbeat' as const,
          time: T0,
          received: T0,
          gateway: 'pi-1',
          status: 'online' as const,
          info: null,
          simulated: false,
        };
        const beats = [
          beat,
          { ...beat, info: '' },
          { ...beat, status: 'offline' as const },
          { ...beat, simulated: true },
        ];
        const value = {
          kind: 'measurement' as const,
          time: T0,
          received: T0,
          sensor: 'th-1',
          quantity: 'co2',
          value: 1,
          simulated: false,
        };
        const values = [value, { ...value, value: 2 }, { ...value, quantity: 'sound' }, { ...value, simulated: true }];
        const all = [one, ...others, ...beats, ...values];
        // One after another, so that each is looked up among all before it; then all again, and all twice in one batch.
        for (const observation of all)
          assert.equal((await store.append(batchOf([observation]))).stored, 1, content(observation));
        assert.equal((await store.append(batchOf(all))).stored, 0);
        const later = all.map((observation) => ({ ...observation, time: observation.time + 10 * MINUTE }));
        assert.equal((await store.append(batchOf([...later, ...later]))).stored, all.length);
      }));

    it('append(batch) numbers batches upwards, none twice, across restarts and batches that add nothing', () =>
      using(async ({ store, reopen }) => {
        const first = await store.append(batchOf(sightings(2)));
        const nothing = await store.append(batchOf(sightings(2)));
        assert.equal(nothing.stored, 0);
        const second = await (await reopen()).append(batchOf(sightings(2, 10)));
        assert.ok(second.position > first.position, 'numbers go upwards');
        assert.equal(nothing.position, first.position, 'a batch that adds nothing takes no number');
        const rows = await everything(await reopen());
        assert.deepEqual(
          rows.map((row) => row.position),
          [first.position, first.position, second.position, second.position],
        );
      }));

    it('append(batch) of the past takes numbers of its own, and read(span, {river}) leaves it out', () =>
      using(async ({ store, reopen }) => {
        const now = await store.append(batchOf(sightings(2)));
        const past = await store.append({ ...batchOf(sightings(2, 10)), past: true });
        assert.ok(now.position < LOADED_FROM && past.position > LOADED_FROM);
        const again = await reopen();
        assert.equal((await again.append(batchOf(sightings(1, 20)))).position, now.position + 1);
        assert.ok((await again.append({ ...batchOf(sightings(1, 30)), past: true })).position > past.position);
        if (forEver)
          assert.equal(
            (await again.append({ ...batchOf(sightings(2)), past: true })).stored,
            0,
            'known from the river',
          );
        const river = await everything(again, ALL, { before: LOADED_FROM });
        assert.deepEqual(
          river.map((row) => row.position),
          [now.position, now.position, now.position + 1],
        );
        assert.equal((await everything(again)).length, 6);
      }));

    it('append(batch) several at once are stored one at a time, in the order of the calls', () =>
      using(async ({ store }) => {
        const receipts = await Promise.all([0, 10, 20, 30].map((first) => store.append(batchOf(sightings(3, first)))));
        assert.deepEqual(
          receipts.map(({ position }) => position),
          [...receipts.map(({ position }) => position)].sort((a, b) => a - b),
        );
        assert.equal(new Set(receipts.map(({ position }) => position)).size, 4);
      }));

    it('append(batch) that cannot be stored stores nothing of it, and the next one is well', () =>
      using(async ({ store }) => {
        await store.append(batchOf(sightings(2)));
        const broken = { ...sighting({ time: T0 + 50_000 }), gateway: undefined } as unknown as Observation;
        await assert.rejects(store.append(batchOf([...sightings(2, 100), broken])));
        const receipt = await store.append(batchOf(sightings(2, 100)));
        assert.equal(receipt.stored, 2);
        assert.equal((await everything(store)).length, 4);
      }));

    it('read(span) includes from and excludes until', () =>
      using(async ({ store }) => {
        await store.append(batchOf(sightings(10)));
        const rows = await everything(store, { from: T0 + 2000, until: T0 + 5000 });
        assert.deepEqual(
          rows.map((row) => row.time),
          [T0 + 2000, T0 + 3000, T0 + 4000],
        );
      }));

    it('copy(span, file) writes what read(span) gives, every field and in its order, whole or not at all', () =>
      fc.assert(
        fc.asyncProperty(fc.array(fc.array(anyObservation, { maxLength: 30 }), { maxLength: 4 }), (batches) =>
          using(async ({ store, copies }) => {
            for (const observations of batches) await store.append(batchOf(observations));
            for (const span of [ALL, { from: T0, until: T0 + 70 * MINUTE }]) {
              const file = join(copies, 'copy.parquet');
              await store.copy(span, file);
              const there = sorted(await everything(store, span));
              assert.deepEqual(await rowsIn(file), there);
              await store.copy(span, file, undefined, 'rows');
              assert.deepEqual(sorted((await rawIn(file)).map(observationOf)), there, 'in no order');
              await store.copy(span, file, undefined, 'levels');
              assert.deepEqual((await rawIn(file)).map((row) => JSON.stringify(row)).sort(), there.map(levelOf).sort());
            }
            const stop = AbortSignal.abort(new Error('enough'));
            await assert.rejects(store.copy(ALL, join(copies, 'none.parquet'), stop), /enough/);
            assert.deepEqual(readdirSync(copies), ['copy.parquet']);
          }),
        ),
        { numRuns: Math.min(runs, 15) },
      ));

    it('read(span, {after}) goes on after a position, in order of position', () =>
      using(async ({ store }) => {
        const { position } = await store.append(batchOf(sightings(3, 50)));
        await store.append(batchOf(sightings(3)));
        const rows = await everything(store, ALL, { after: position });
        assert.deepEqual(
          rows.map((row) => row.time),
          sightings(3).map((row) => row.time),
        );
        const all = await everything(store);
        assert.deepEqual(
          all.map((row) => row.position),
          [...all.map((row) => row.position)].sort((a, b) => a - b),
        );
      }));
  });
}
