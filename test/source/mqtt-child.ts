// A consumer in a process of its own, to be killed: stores what comes in a file, a line an observation.
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { mqttClientSource } from '../../services/source/mqtt-client.ts';
import { collect, context, TIME } from './mqtt-wire.ts';

const [options, file, slowMs] = process.argv.slice(2);
const told = { opened: () => appendFileSync(file!, 'opened\n') };
const { flowing } = collect(mqttClientSource(JSON.parse(options!), context, told), async ({ observations }) => {
  await sleep(Number(slowMs));
  appendFileSync(file!, observations.map(({ time }) => `${time - TIME}\n`).join(''));
});
await flowing;
