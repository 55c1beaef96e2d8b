import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectAsync } from 'mqtt';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

/** Where gateways speak MQTT, from what the service said when it started. */
async function mqttOf(service: Service): Promise<string> {
  const said = () => /mqtt:\/\/\S+/.exec(service.log())?.[0];
  await soon(async () => said() !== undefined);
  return said()!;
}

it('SOURCE=inbox,mqtt: what a gateway published and was acknowledged survives a kill, beside what came over HTTP', {
  skip: notBuilt,
}, async () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,mqtt', MQTT_PORT: '0' };
  const first = await startService(env);
  const client = await connectAsync(await mqttOf(first), { clientId: 'pi-1', protocolVersion: 4, reconnectPeriod: 0 });
  const body = JSON.stringify({ gateway: 'pi-1', badge: 'e0b201e3098c', rssi: -61, time: Date.now() });
  await client.publishAsync('hallway/pi-1/observations', body, { qos: 1 });
  const sent = await fetch(`${first.address}/v1/observations`, { method: 'POST', body: body.replace('pi-1', 'pi-2') });
  assert.equal(sent.status, 200);
  await first.kill();
  await client.endAsync(true);
  const second = await startService(env);
  const { rows } = (await (await fetch(`${second.address}/v1/observations`)).json()) as { rows: { gateway: string }[] };
  assert.deepEqual(rows.map(({ gateway }) => gateway).sort(), ['pi-1', 'pi-2']);
  assert.equal(await second.stop(), 0);
  remove(dataDir);
});
