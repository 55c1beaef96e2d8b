import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { parse } from '../../services/cli/command.ts';
import { simulate } from '../../services/cli/simulate.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { run, SCORE } from '../cli/hallway.ts';
import { LOADING, moduleOf } from '../service.ts';
import { at, conference, START, sightings, told } from './event.ts';

const folder = mkdtempSync(join(tmpdir(), 'hallway-simulate-'));
after(() => rmSync(folder, { recursive: true }));
const KEYS = '1:0123456789abcdef';
const env = { DATA_DIR: join(folder, 'data'), PSEUDONYM_KEYS: KEYS };

/** A command as `hallway` runs it, from its source. */
const command = (name: string, ...args: string[]) => {
  const code = `import { parse } from '${moduleOf('services/cli/command')}';
    import { ${name} } from '${moduleOf(`services/cli/${name}`)}';
    process.exitCode = await ${name}.run(parse(${name}, process.argv.slice(1))).catch((error) => (console.error(error.message), 2));`;
  return run(process.execPath, [...LOADING, '--input-type=module', '-e', code, '--', ...args], env);
};
const iso = (time: number) => new Date(time).toISOString();
const [from, until] = [at(2, '10:27'), at(2, '10:37')];
const span = ['--zone=Etc/GMT', `--start=${iso(START)}`, `--from=${iso(from)}`, `--until=${iso(until)}`];

describe('hallway simulate', () => {
  const [truthFile, venueFile, dataFile] = ['truth.csv', 'venue.json', 'data.ndjson'].map((name) =>
    join(folder, name),
  ) as [string, string, string];

  it('writes NDJSON to stdout, and beside it the truth and the venue', async () => {
    const { code, stdout, stderr } = await command('simulate', ...span, `--truth=${truthFile}`, `--venue=${venueFile}`);
    assert.equal(code, 0, stderr);
    const expected = told(from, until).map(({ received, body }) => `${JSON.stringify({ ...body, received })}\n`);
    assert.equal(stdout, expected.join(''));
    assert.match(stderr, new RegExp(`${expected.length} observations received ${iso(from)} to ${iso(until)}`));
    writeFileSync(dataFile, stdout);
    assert.equal(JSON.parse(readFileSync(venueFile, 'utf8')).name, 'Weir House');
  });

  it('the truth names badges by their pseudonyms, has a row at the first and last second and whenever something changes', () => {
    const [header, ...lines] = readFileSync(truthFile, 'utf8').trim().split('\n');
    assert.equal(header, 'time,badge,room,x,y,claps,shakes,temperature,worn,speaking,counting');
    const rows = lines.map((line) => line.split(',') as [string, string, string, ...string[]]);
    const world = conference();
    const name = pseudonymiser(parseKeys(KEYS));
    for (const time of [from, from + 313_000, until - 1000]) {
      const truth = world.truth(time).badges;
      const known = new Map(rows.filter((row) => Number(row[0]) <= time).map((row) => [row[1], row]));
      for (const { badge, room, claps } of truth) {
        assert.equal(known.get(name(badge, time))?.[2], room ?? '', badge);
        assert.equal(Number(known.get(name(badge, time))![5]), claps);
      }
      assert.equal(known.size, truth.length);
    }
    const last = rows.filter(([time]) => Number(time) === until - 1000);
    assert.equal(new Set(last.map(([, badge]) => badge)).size, new Set(rows.map(([, badge]) => badge)).size);
    assert.ok(rows.length < (0.5 * world.macs.length * (until - from)) / 1000);
  });

  it('what it writes is located, and scored against its truth by the script that scores the walks', async (context) => {
    if (!existsSync(SCORE)) return context.skip('no ../shared/scripts');
    const [truths, decisions] = [mkdtempSync(join(folder, 't-')), mkdtempSync(join(folder, 'd-'))];
    writeFileSync(join(truths, 'a.csv'), readFileSync(truthFile));
    const located = await command('locate', dataFile, `--venue=${venueFile}`, '--format=csv');
    assert.equal(located.code, 0, located.stderr);
    writeFileSync(join(decisions, 'a.csv'), located.stdout);
    const { accuracy, samples } = JSON.parse((await run(process.execPath, [SCORE, truths, decisions])).stdout);
    assert.ok(samples > 120_000 && accuracy > 60, `${accuracy} % of ${samples}`);
  });

  it('--to sends what is told to an address, comes again when that is busy, and gives up when it is refused', async () => {
    const bodies: string[] = [];
    let answer = (count: number): number => (count === 2 ? 503 : 200);
    let asked = 0;
    const server = createServer(async (request, reply) => {
      const body = await text(request);
      reply.statusCode = answer(++asked);
      if (reply.statusCode === 200) bodies.push(body);
      reply.end('no');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/observations`;
    const short = [
      ...span.slice(0, 2),
      `--from=${iso(from)}`,
      `--until=${iso(from + 10_000)}`,
      `--to=${address}`,
      '--quiet',
    ];
    assert.equal(await simulate.run(parse(simulate, short)), 0);
    const lines = bodies
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines,
      told(from, from + 10_000).map(({ body }) => body),
    );
    answer = () => 400;
    await assert.rejects(simulate.run(parse(simulate, short)), /answered 400: no/);
    server.close();
  });

  it('refuses what there is not, with what there is', async () => {
    for (const [args, words] of [
      [['--people=0'], /--people: expected a whole number from 1 to 100000, found "0"/],
      [['--truth=x', '--venue=x'], /expected --truth and --venue to be two files/],
      [['--venue=x', '--zone=America/New_York'], /--start: expected a midnight of America\/New_York/],
      [['--story=opera'], /--story: expected conference or weeks, found "opera"/],
      [['--from=yesterday'], /--from: expected whole seconds from 2000 to 2099, RFC 3339/],
      [[`--from=${iso(until)}`, `--until=${iso(from)}`], /expected --from to be before --until/],
      [['file.csv'], /expected options alone, found file.csv/],
      [['--zone=Asia/Kathmandu'], /--start: expected a midnight of Asia\/Kathmandu/],
      [['--people=5', '--people=6'], /--people: expected once, found 2 times/],
      [['--until=0'], /--until: expected whole seconds from 2000 to 2099/],
      [['--truth=/'], /EISDIR/],
    ] as const)
      await assert.rejects(async () => simulate.run(parse(simulate, [`--start=${iso(START)}`, ...args])), words);
  });

  it('asked for nothing, lays the event so that now is its third day', async () => {
    const { stdout } = await command(
      'simulate',
      '--people=30',
      `--from=${iso(Math.floor(Date.now() / 1000) * 1000 - 60_000)}`,
    );
    const heard = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.ok(heard.length > 60 && heard.every(({ simulated }) => simulated === true));
    assert.ok(sightings(heard.map((body) => ({ received: body.received, body }))).length > 10);
  });
});
