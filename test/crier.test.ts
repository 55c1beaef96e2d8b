import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openCrier } from '../services/crier.ts';
import { memoryLedger } from '../services/ledger/memory.ts';
import type { Mouth } from '../services/source/mqtt/mouth.ts';
import { parseVenue } from '../services/validate/venue.ts';
import { soon } from './ledger/contract.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const VENUE = {
  zone: 'Europe/London',
  rooms: [{ id: 'hall' }],
  gateways: [
    { id: 'pi-1', room: 'hall', until: NOON },
    { id: 'pi-2', room: 'hall' },
    { id: 'pi-3', room: 'hall', from: NOON },
  ],
};

describe('openCrier(options)', () => {
  it('tells the gateways that the venue has at that instant, and says of whom nothing stays', async () => {
    const read = parseVenue(JSON.stringify(VENUE));
    assert.ok('venue' in read);
    for (const [at, expected] of [
      [NOON - 1, ['pi-1', 'pi-2']],
      [NOON, ['pi-2', 'pi-3']],
    ] as const) {
      const [said, kept]: [string[], string[][]] = [[], []];
      const mouth: Mouth = {
        say: (gateway) => void said.push(gateway),
        only: (gateways) => void kept.push([...gateways]),
        hear: () => undefined,
        end: async () => undefined,
      };
      const crier = openCrier({
        ledger: memoryLedger(),
        venue: read.venue,
        clock: () => at,
        fanout: { notice: () => undefined },
        mouth,
        failed: (error) => assert.fail(String(error)),
      });
      await soon(async () => kept.length > 0);
      crier.end();
      assert.deepEqual([said, kept], [expected, [expected]]);
    }
  });
});
