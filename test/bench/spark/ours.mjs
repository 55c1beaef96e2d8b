import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { framesOf } from '../../../dist/services/answer/frames.js';
import { readRecord } from '../../../dist/services/store/record.js';
import { parseVenue } from '../../../dist/services/validate/venue.js';

/** Asks the built service's own code for the same answers, time after time: `HOUSE VENUE_FILE FROM UNTIL STEPS PASSES`, a line of JSON a pass. */
const [house, file, from, until, steps, passes] = process.argv.slice(2);
const { venue } = parseVenue(readFileSync(file, 'utf8'));
const tables = () => Promise.reject(new Error('expected no question to the store'));
const record = readRecord(join(house, 'as-seen'), venue.zone);
const asked = { record, house, venue: () => venue, tables };
const sum = (rows, name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
for (let pass = 0; pass < Number(passes); pass++) {
  const began = performance.now();
  const sums = [];
  for (const step of steps.split(',')) {
    const span = { from: Number(from), until: Number(until) };
    const { rows } = await framesOf({ dataset: 'frames', span, step }, asked);
    sums.push([rows.length, sum(rows, 'visitors'), Math.round(sum(rows, 'badgeMinutes'))]);
  }
  console.log(JSON.stringify({ ms: performance.now() - began, sums }));
}
process.exit();
