import assert from 'node:assert/strict';
import { it } from 'node:test';
import { anomalies } from '../../jobs/anomalies.ts';
import { frames } from '../../jobs/frames.ts';
import { presences } from '../../jobs/presences.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import { daysIn } from '../../services/model/day.ts';
import type { Observation } from '../../services/model/observation.ts';
import { at, conference, mean } from '../simulate/event.ts';
import { batches, venueOf } from '../simulate/truth-play.ts';
import { workshop } from './bench.ts';
import { anomaliesIn, derivedIn } from './derived.ts';

/** A day and a half, with the keynote, the stuck badge and both deaf rooms. */
const SPAN = { from: at(2, '08:00'), until: at(3, '13:00') };

it('inside the event what is planted is found by the jobs, and nothing else is major', async () => {
  const told: Observation[] = [];
  for await (const some of batches(conference({ from: SPAN.from }), SPAN.until)) for (const one of some) told.push(one);
  const { bench, end } = await workshop(venueOf(), told);
  try {
    for (const day of daysIn(SPAN, 'UTC')) for (const job of [presences, frames, anomalies]) await job.run(day, bench);
    const found = await anomaliesIn(bench.house);
    const saying = (severity: Anomaly['severity']) =>
      found.filter((one) => one.severity === severity).map(({ sentence }) => sentence);
    const [stuck, keynote, still, ...others] = saying('major');
    assert.match(stuck!, /^Badge k1\.\S+ has said 9 claps and 27\.0 °C without a change since 09:\d\d, for \d+ hours/);
    assert.match(keynote!, /^McCurdy 1: 1[89]\d people at 11:\d\d; there is room for 160\.$/);
    assert.match(still!, /^Badge k1\.\S+ has said 9 claps and 27\.0 °C without a change since 09:\d\d, for \w+ hours/);
    assert.deepEqual(others, []);
    const minutes = (await derivedIn(bench.house, 'frames')).filter(
      ({ room, minute }) => room === 'mccurdy-1' && Number(minute) >= at(2, '11:05') && Number(minute) < at(2, '11:45'),
    );
    const counted = minutes.map(({ present }) => Number(present) / 60);
    assert.equal(counted.length, 40);
    assert.ok(Math.min(...counted) > 1.1 * 160 && Math.abs(mean(counted) / 160 - 1.2) < 0.03, counted.join());
    const deaf = saying('state').join('\n');
    assert.match(deaf, /^McCurdy 3 was deaf from 14:2\d to 15:1\d: /m);
    assert.match(deaf, /^Maginnes 1 was deaf from 09:5\d to 11:3\d: /m);
  } finally {
    await end();
  }
});
