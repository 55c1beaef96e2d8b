import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLedger } from '../../services/ledger/memory.ts';
import type { Mouth } from '../../services/source/mqtt/mouth.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { openCrier } from '../../services/work/crier.ts';
import { soon } from '../ledger/contract.ts';

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

  it('keeps who heard a notice, of gateways that the venue has and notices that there are', async () => {
    const notices = [{ id: 'lunch', from: NOON - 1000, text: 'Lunch' }];
    const read = parseVenue(JSON.stringify({ ...VENUE, notices }));
    assert.ok('venue' in read);
    const ledger = memoryLedger();
    let heard: Parameters<Mouth['hear']>[0] = () => undefined;
    let isTold = false;
    const mouth: Mouth = {
      say: () => (isTold = true),
      only: () => undefined,
      hear: (take) => (heard = take),
      end: async () => undefined,
    };
    const failed = (error: unknown) => assert.fail(String(error));
    const fanout = { notice: () => undefined };
    const crier = openCrier({ ledger, venue: read.venue, clock: () => NOON, fanout, mouth, failed });
    await soon(async () => isTold);
    for (const gateway of ['pi-9', 'pi-2']) heard(gateway, Buffer.from('{"notices":["lunch","dinner"]}'));
    await soon(async () => (await ledger.list('heard/')).length > 0);
    crier.end();
    assert.deepEqual(
      (await ledger.list('heard/')).map(({ key }) => key),
      ['heard/lunch/pi-2'],
    );
  });
});
