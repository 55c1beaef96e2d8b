import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { DuckdbStore } from '../../services/store/duckdb.ts';
import type { Store } from '../../services/store/store.ts';
import { batchOf, sighting } from '../sightings.ts';
import { content, everything } from './contract.ts';

/** A store that can forget badges, and how many rejects it has. */
type Forgetful = Store & Pick<DuckdbStore, 'forgetBadges'>;
type Opened = { store: Forgetful; reopen(): Promise<Forgetful>; rejects(): Promise<number>; close(): Promise<void> };

const NOON = Date.UTC(2026, 10, 3, 12);
const QUARTER = 15 * 60_000;
const [FIRST, HIDDEN, LIKE] = ['k1.AAAAAAAAAAAAAAAA', 'k1.B-BBBBBBBBBBBBBB', 'k1.B-BBBBBBBBBBBBBC'] as const;

/** What every store promises that can forget. */
export function forgettingContract(name: string, open: () => Promise<Opened>): void {
  it(`store ${name}: forgetBadges(badges) deletes them and rejects that name them, nothing else, and no number is taken again`, async () => {
    const opened = await open();
    let { store } = opened;
    const heard = (badge: string) =>
      ['pi-1', 'pi-2'].flatMap((gateway) =>
        [0, 5, QUARTER].map((ms) => sighting({ badge, gateway, time: NOON + ms, received: NOON + ms })),
      );
    const reject = (badge: string) => ({
      ...{ received: NOON, source: 'test', line: 1, text: `{"badge":"${badge}"}`, reasons: [] },
    });
    await store.append(batchOf(heard(FIRST)));
    await store.append(batchOf([...heard(LIKE), ...heard(HIDDEN)], [reject(HIDDEN), reject(LIKE)]));
    const last = await store.append(batchOf([sighting({ badge: HIDDEN, time: NOON - 1 })]));
    const left = async () => (await everything(store)).map(content).sort();
    const others = (await left()).filter((one) => !one.includes(HIDDEN));

    assert.deepEqual(await store.forgetBadges([HIDDEN, 'k2.AAAAAAAAAAAAAAAA']), {
      quarters: [NOON - QUARTER, NOON, NOON + QUARTER],
      sightings: 7,
    });

    assert.deepEqual(await left(), others);
    assert.equal(others.length, 12);
    assert.equal(await opened.rejects(), 1);
    assert.deepEqual(await store.forgetBadges([HIDDEN]), { quarters: [], sightings: 0 });
    store = await opened.reopen();
    const next = await store.append(batchOf([sighting({ badge: 'k1.DDDDDDDDDDDDDDDD', time: NOON })]));
    assert.ok(next.position > last.position, `${next.position} after ${last.position}`);
    assert.equal((await left()).length, others.length + 1, 'a new badge is nobody else');
    await opened.close();
  });
}
