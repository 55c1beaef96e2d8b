import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { DATA } from '../cli/hallway.ts';
import { newFolder, ROOT, remove, type Service, startService } from '../service.ts';
import { openPage } from './chromium.ts';
import { withFewColours } from './png.ts';

const FOLDER = join(ROOT, 'web/guide/pictures');
/** A page of the repository should stay light. */
const BYTES_MAX = 150_000;
/** The port that everybody will see first. */
const PORT = '3000';
/** The rate on the page is of the last minute. */
const LIVE_MS = 70_000;

/** The peers of the recording that stood still, in rooms that such a venue has. */
const ROOMS = ['Main hall', 'Workshop 1', 'Workshop 2', 'Foyer', 'Lounge', 'Reception'];
const PEERS = ['22100', '37312', '9526', '11958', '11866', '54504', '43001'];
const VENUE = {
  name: 'Example house',
  zone: 'Europe/Dublin',
  rooms: ROOMS.map((name, i) => ({ id: `room-${i}`, name })),
  gateways: PEERS.map((id, i) => ({ id, room: `room-${i % ROOMS.length}` })),
};
const BAD = [
  { gateway: '22100', badge: 'e0b201e3098c', rssi: 61 },
  { gateway: '37312', badge: 'e0b201e3098c', rssi: 'loud', time: 'yesterday' },
  { sensor: 'th-1', quantity: 'temperature', value: 'warm' },
  { gateway: 'pi 3', badge: 'e0b201e3098c', rssi: -70 },
];

const PHONE = { width: 390, height: 844 };
const FULL = [
  ['in-dark', { colorScheme: 'dark' }],
  ['in-light', { colorScheme: 'light' }],
  ['in-phone', { colorScheme: 'dark', viewport: PHONE }],
  ['in-wide', { colorScheme: 'dark', viewport: { width: 1920, height: 1080 } }],
] as const;

const LIVE = [
  ['live-dark', { colorScheme: 'dark', viewport: { width: 1920, height: 1080 } }],
  ['live-light', { colorScheme: 'light', viewport: { width: 1366, height: 768 } }],
  ['live-phone', { colorScheme: 'dark', viewport: PHONE }],
] as const;
/** Long enough for a trend. */
const TREND_MS = 150_000;

/** Pictures of the live heatmap, of the simulated event. */
export async function writeLivePictures(browser: Browser): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const service = await startService({ DEMO: 'on', LOG_LEVEL: 'warn' });
  try {
    await sleep(TREND_MS);
    for (const [name, options] of LIVE) {
      const { page, close } = await openPage(browser, service.address, options);
      await sleep(4000);
      await shoot(page, join(FOLDER, `${name}.png`));
      await close();
    }
  } finally {
    await service.stop();
    remove(service.dataDir);
  }
}

/** Pictures of the page, empty and with a week of real badges that ends now and goes on for a minute. */
export async function writePictures(browser: Browser): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const dataDir = newFolder();
  const empty = await startService({ DATA_DIR: dataDir, PORT, LOG_LEVEL: 'warn' });
  await take(browser, empty, 'in-empty', { colorScheme: 'dark' });
  await empty.stop();
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
  const service = await startService({ DATA_DIR: dataDir, PORT, LOG_LEVEL: 'warn' });
  const live = new AbortController();
  try {
    await load(service);
    const feeding = feed(service, live.signal);
    await Promise.all(FULL.map(([name, options]) => take(browser, service, name, options, LIVE_MS)));
    live.abort();
    await feeding;
  } finally {
    live.abort();
    await service.stop();
    remove(dataDir);
  }
}

async function take(
  browser: Browser,
  service: Service,
  name: string,
  options: NonNullable<Parameters<Browser['newContext']>[0]>,
  waitMs = 5000,
): Promise<void> {
  const { page, close } = await openPage(browser, `${service.address}/in.html`, {
    timezoneId: 'Europe/Dublin',
    ...options,
  });
  await sleep(waitMs);
  await shoot(page, join(FOLDER, `${name}.png`));
  await close();
}

async function shoot(page: Page, path: string): Promise<void> {
  const png = withFewColours(await page.screenshot());
  if (png.length > BYTES_MAX) throw new Error(`${path}: expected ${BYTES_MAX} bytes at most, found ${png.length}`);
  writeFileSync(path, png);
}

/** Peers that were heard less often are ghosts: ids that a badge read wrongly. */
const HEARD_MIN = 30;

type HubLine = { log_timestamp: number; data: { timestamp: number; rssi_distances: Record<string, { rssi: number }> } };

/** The recorded week without its ghosts. */
function recording(): HubLine[] {
  const text = gunzipSync(readFileSync(join(DATA, 'badges/proximity_archive.txt.gz'))).toString('utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as HubLine);
  const heard = new Map<string, number>();
  for (const { data } of lines)
    for (const peer of Object.keys(data.rssi_distances)) heard.set(peer, (heard.get(peer) ?? 0) + 1);
  for (const { data } of lines)
    for (const peer of Object.keys(data.rssi_distances))
      if (heard.get(peer)! < HEARD_MIN && !PEERS.includes(peer)) delete data.rssi_distances[peer];
  return lines;
}

/** The recorded week, moved so that it ends now, and a few things that do not pass. */
async function load(service: Service): Promise<void> {
  const lines = recording();
  const by = Date.now() / 1000 - 90 - Math.max(...lines.map((line) => line.log_timestamp));
  const moved = lines.map((line) => ({
    ...line,
    log_timestamp: line.log_timestamp + by,
    data: { ...line.data, timestamp: line.data.timestamp + by },
  }));
  const body = moved.map((line) => JSON.stringify(line)).join('\n');
  const reply = await fetch(`${service.address}/v1/loads?name=week.ndjson`, { method: 'POST', body });
  await reply.text();
  for (const bad of BAD.slice().reverse()) await send(service, bad);
}

/** Wearers who are heard as strongly as the recorded ones were, until `signal` aborts. */
async function feed(service: Service, signal: AbortSignal): Promise<void> {
  const heard = recording().flatMap(({ data }) => Object.entries(data.rssi_distances));
  const known = heard.filter(([peer]) => PEERS.includes(peer));
  for (let i = 0; !signal.aborted; i += 12) {
    const time = Date.now();
    const batch: object[] = known.slice(i, i + 6 + (i % 5)).map(([gateway, { rssi }], k) => ({
      gateway,
      badge: `d859e335${String(1000 + ((i + k * 7) % 24))}`,
      rssi,
      time: time - k,
      ...(k % 3 === 0 && { temperature: 21 + ((i + k) % 30) / 10 }),
      ...(k % 4 === 1 && { claps: 1 + (i % 7) }),
    }));
    if (i % 36 === 0) batch.push({ sensor: 'th-1', quantity: 'temperature', value: 21.4 + (i % 9) / 10, time });
    if (i % 48 === 0) batch.push({ gateway: PEERS[(i / 48) % 5], status: 'online', info: { uptime: i }, time });
    await send(service, batch);
    await sleep(350, undefined, { signal }).catch(() => undefined);
  }
}

const send = (service: Service, body: object) =>
  fetch(`${service.address}/v1/observations`, { method: 'POST', body: JSON.stringify(body) });
