import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Influx } from '../../../services/store/influx.ts';
import { ownBucket } from '../../servers/servers.ts';
import { newFolder, remove } from '../../service.ts';
import { committedOf } from '../../source/kafka-broker.ts';
import { anew, type Data } from './data.ts';

/** As `npm run servers build telegraf` has it. */
const BINARY = process.env.TELEGRAF ?? join(homedir(), '.cache/hallway-servers/telegraf-v1.36.4');
const GIVE_UP_MS = 180_000;

/** The peer: Telegraf, single messages into InfluxDB. Seconds from its first commit to its last; null: it is not here. */
export async function telegraf({ count, kafka }: Data, influx: Influx): Promise<number | null> {
  if (!existsSync(BINARY)) return null;
  const [own, group, folder] = [await ownBucket(influx), anew(kafka), newFolder()];
  const file = join(folder, 'telegraf.conf');
  writeFileSync(file, configOf(group.brokers, `${kafka.prefix}observations`, group.groupId, own.influx));
  const child = spawn(BINARY, ['--config', file, '--quiet'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const passed = async () => (await committedOf(group)).reduce((sum, offset) => sum + Math.max(0, offset), 0);
  try {
    const first = await until(passed, 1);
    const last = await until(passed, count);
    // what was through at the first look took no time that was measured
    return ((last.at - first.at) / 1000) * (count / (last.passed - first.passed));
  } finally {
    child.kill();
    await ended;
    await own.drop();
    remove(folder);
  }
}

async function until(passed: () => Promise<number>, least: number): Promise<{ passed: number; at: number }> {
  for (const end = performance.now() + GIVE_UP_MS; performance.now() < end; await sleep(100)) {
    const found = await passed();
    if (found >= least) return { passed: found, at: performance.now() };
  }
  throw new Error(`Telegraf: expected ${least} messages in ${GIVE_UP_MS / 1000} s`);
}

/** 5,000 lines a request, gzip, as Hallway's store sends them. */
const configOf = (brokers: string[], topic: string, group: string, { url, token, org, bucket }: Influx) => `
[agent]
  metric_batch_size = 5000
  metric_buffer_limit = 200000
  flush_interval = "1s"
  omit_hostname = true
[[inputs.kafka_consumer]]
  brokers = ${JSON.stringify(brokers)}
  topics = ["${topic}"]
  consumer_group = "${group}"
  offset = "oldest"
  max_undelivered_messages = 50000
  name_override = "sighting"
  data_format = "json"
  tag_keys = ["gateway", "badge"]
  json_time_key = "time"
  json_time_format = "unix_ms"
[[outputs.influxdb_v2]]
  urls = ["${url}"]
  token = "${token}"
  organization = "${org}"
  bucket = "${bucket}"
  content_encoding = "gzip"
`;
