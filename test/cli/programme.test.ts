import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type App, startApp } from '../serve/app.ts';
import { newFolder, notBuilt } from '../service.ts';
import { hallway } from './hallway.ts';

const LINES = [
  'BEGIN:VCALENDAR',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART:20260601T100000',
  'DTEND:20260601T110000',
  'SUMMARY:Opening',
  'LOCATION:Roof',
  'END:VEVENT',
  'END:VCALENDAR',
];

describe('hallway programme', { skip: notBuilt }, () => {
  let app: App;
  const dataDir = newFolder();
  const asked = (...args: string[]) => hallway(['programme', ...args], { DATA_DIR: dataDir });
  before(async () => {
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify({ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [] }));
    writeFileSync(join(dataDir, 'p.ics'), LINES.join('\r\n').replaceAll('2026', String(new Date().getUTCFullYear())));
    app = await startApp({ DATA_DIR: dataDir });
  });
  after(() => app.end());

  it('import FILE takes the sessions into the venue of the running service, and says what is no room', async () => {
    const { code, stdout, stderr } = await asked('import', join(dataDir, 'p.ics'));
    assert.equal(code, 0, stderr);
    assert.equal(stdout, 'sessions: 1\nno room is called "Roof": 1 sessions\n');
    assert.match(readFileSync(join(dataDir, 'venue.json'), 'utf8'), /"title": "Opening"/);
  });

  it('refuses what is no file, address or verb with 2, and what is no calendar with 1', async () => {
    assert.deepEqual((await asked('import', 'nowhere.ics')).code, 2);
    assert.match((await asked('imprt', 'x')).stderr, /expected import, found imprt, did you mean import/);
    const { code, stderr } = await asked('import', join(dataDir, 'venue.json'));
    assert.equal(code, 1);
    assert.match(stderr, /expected an iCalendar/);
  });
});
