import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hookReceiver } from '../deliver/receiver.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
/** A room has the temperature of its sensor for five minutes: what is down for less ends no episode. */
const VENUE = {
  zone: 'UTC',
  rooms: [{ id: 'hall' }],
  gateways: [{ id: 'pi-1', room: 'hall' }],
  sensors: [{ id: 's-1', room: 'hall' }],
  rules: [{ id: 'warm', measure: 'temperature', where: 'room:hall', above: 25, for: 4, to: ['hook'] }],
};
/** Kills, each after another while of the rule's life: before it fires, as it does, while it is told, after. */
const KILLS_MS = [1500, 2500, 3500, 3000];

type Row = { id: string; rule: string; place: string; since: number; cleared: number | null };

describe('a rule, its service killed again and again', { skip: notBuilt }, () => {
  it('fires once an episode, whenever the kills come; whoever is told of it knows it by one id', async () => {
    const hook = await hookReceiver();
    hook.meet(503, 503);
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
    const DESTINATIONS = JSON.stringify({ hook: { kind: 'webhook', url: hook.url, secret: SECRET } });
    const begin = () => startService({ DATA_DIR: dataDir, JOBS: 'on', DESTINATIONS, LIVE_GRACE_MS: '50' });
    let service: Service = await begin();
    let talking = true;
    const talk = async () => {
      while (talking) {
        const time = Date.now();
        const said = [
          { kind: 'sighting', gateway: 'pi-1', badge: 'b-1', rssi: -50, time },
          { kind: 'measurement', sensor: 's-1', quantity: 'temperature', value: 30, time },
        ];
        await fetch(`${service.address}/v1/observations`, { method: 'POST', body: JSON.stringify(said) }).catch(
          () => undefined,
        );
        await sleep(200);
      }
    };
    const told = talk();
    const firings = async () => ((await (await fetch(`${service.address}/v1/firings`)).json()) as { rows: Row[] }).rows;
    try {
      for (const ms of KILLS_MS) {
        await sleep(ms);
        await service.kill();
        service = await begin();
      }
      await soon(async () => (await firings()).length > 0);
      const [one] = await firings();
      await soon(async () => hook.calls.length >= 1);
      assert.deepEqual([...new Set(hook.calls.map(({ headers }) => headers['webhook-id']))], [`${one!.id}-fired`]);
      // More frames of the same episode are no other one.
      await sleep(6000);
      assert.deepEqual(
        (await firings()).map(({ id, cleared }) => [id, cleared]),
        [[one!.id, null]],
      );
    } finally {
      talking = false;
      await told;
      await service.stop();
      await hook.close();
      remove(dataDir);
    }
  });
});
