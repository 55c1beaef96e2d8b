import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { newFolder, notBuilt, remove } from '../service.ts';
import { run } from './hallway.ts';

const hallway = (args: string[]) => run(process.execPath, ['dist/services/cli/hallway.js', ...args]);

describe('hallway detect', { skip: notBuilt }, () => {
  const folder = newFolder();
  const at = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  after(() => remove(folder));

  it('FILE.csv gives a row for each row, in order, with the header of the issue', async () => {
    const rows = Array.from(
      { length: 100 },
      (_, i) => `2014-07-0${1 + Math.floor(i / 24)} ${String(i % 24).padStart(2, '0')}:00:00,${i === 3 ? '' : i % 24}`,
    );
    const { code, stdout, stderr } = await hallway(['detect', at('a.csv', `timestamp,value\n${rows.join('\n')}\n`)]);
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split('\r\n');
    assert.equal(lines[0], 'time,value,expected,low,high,score,severity,rung');
    assert.equal(lines.length, 101);
    assert.equal(lines[1], '2014-07-01T00:00:00.000Z,0,,,,0,,none');
    assert.equal(lines[4]!.split(',')[1], '', 'an empty value stays empty');
    assert.match(lines[100]!, /^2014-07-05T03:00:00\.000Z,3,3,0,[\d.]+,0,,hour by kind of day$|,hour$|,all$/);
    assert.match(stderr, /100 rows, 0 major/);
  });

  it('wall time is that of --zone; --column and --format choose', async () => {
    const file = at(
      'b.csv',
      '﻿time,"people, all"\n2026-07-01T09:00,4\n1782900000000,5\n1782900060,6\n2026-07-01T12:00:00+02:00,7\n',
    );
    const args = ['--zone=Europe/Berlin', '--column=people, all', '--format=ndjson', '--quiet'];
    const { code, stdout, stderr } = await hallway(['detect', file, ...args]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    const times = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { time: number }).time);
    assert.deepEqual(times, [Date.UTC(2026, 6, 1, 7), 1_782_900_000_000, 1_782_900_060_000, Date.UTC(2026, 6, 1, 10)]);
  });

  it('what cannot be read is refused with its row; misuse is 2', async () => {
    for (const [args, expected, said] of [
      [
        [at('c.csv', 'timestamp,value\n2014-07-01 00:00:00,1\n2014-07-01 00:30:00,many\n')],
        1,
        /row 3: value: expected a number or nothing, found "many"/,
      ],
      [[at('d.csv', 'timestamp,value\nyesterday,1\n')], 1, /row 2: timestamp: expected RFC 3339/],
      [[at('e.csv', 'timestamp,value\n2014-02-30 00:00:00,1\n')], 1, /row 2: timestamp: expected/],
      [[at('f.csv', 'when,value\n1,1\n')], 1, /row 1: expected a column timestamp or time, found when, value/],
      [
        [at('g.csv', 'time,values\n1,1\n')],
        1,
        /row 1: expected a column value, found time, values, did you mean values/,
      ],
      [[at('h.csv', 'time,value\n2014-07-01 00:00:00,1,2\n')], 1, /row 2: expected CSV/],
      [[at('i.csv', '')], 1, /row 1: expected a header/],
      [[], 2, /expected one FILE.csv, found 0/],
      [['nowhere.csv'], 2, /expected a file, found none at nowhere.csv/],
      [[at('j.csv', 'time,value\n'), '--sensitivity=9'], 2, /--sensitivity: expected 1, 2, 3, 4, found "9"/],
      [[at('k.csv', 'time,value\n'), '--zone=Mars/Base'], 2, /--zone: expected an IANA time zone/],
      [[at('l.csv', 'time,value\n'), '--zon=UTC'], 2, /unknown option --zon, did you mean --zone/],
    ] as [string[], number, RegExp][]) {
      const { code, stderr, stdout } = await hallway(['detect', ...args]);
      assert.match(stderr, said);
      assert.equal(code, expected, stderr);
      assert.equal(stdout, '');
    }
  });

  it('a header alone gives a header alone', async () => {
    const { code, stdout } = await hallway(['detect', at('m.csv', 'time,value\n')]);
    assert.equal(code, 0);
    assert.equal(stdout, 'time,value,expected,low,high,score,severity,rung\r\n');
  });
});
