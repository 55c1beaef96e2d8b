import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anomalies } from '../../jobs/anomalies.ts';
import { baselines } from '../../jobs/baselines.ts';
import { putMark, readMarks, undoMark } from '../../services/ledger/marks.ts';
import type { Anomaly, Mark } from '../../services/model/anomaly.ts';
import type { Venue, VenueFile } from '../../services/model/venue.ts';
import { venueOf } from '../locate/world.ts';
import { anomaliesIn, derivedIn } from './derived.ts';
import { benchOf, copyOf, dayAt, type Minute, type Report, tinyLedger } from './house.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const DAYS = 43;
/** The Tuesday of the seventh week, at ten. */
const TEN = START + 43 * DAY + 10 * HOUR;

const lab = (rest: Partial<VenueFile> = {}, places: [string, string][] = [['gw-1', 'hall']], zone = 'UTC'): Venue => {
  const venue = venueOf(places, [], zone);
  const rooms = venue.rooms.map((id) => ({ id, name: id === 'hall' ? 'Main hall' : id, capacity: 60 }));
  return { ...venue, file: { ...venue.file, rooms, ...rest } };
};

/** 38 to 46 people each day from eight to twelve, for so many days; `odd` says otherwise of a minute. */
function mornings(odd: (time: number) => Partial<Minute> | null, days = DAYS + 1): Minute[] {
  const minutes: Minute[] = [];
  for (let day = 0; day < days; day += 1)
    for (let time = START + day * DAY + 8 * HOUR; time < START + day * DAY + 12 * HOUR; time += MINUTE) {
      const people = 38 + ((Math.floor(day / 7) * 5 + (day % 7) * 4) % 9) + ((time / MINUTE) % 3) / 2;
      minutes.push({ room: 'hall', time, people, ...odd(time) });
    }
  return minutes;
}
const few = (time: number) => (time >= TEN && time < TEN + HOUR ? { people: 11 } : null);

type Given = { minutes: Minute[]; venue?: Venue; marks?: Mark[]; at?: number };

/** What is found on the day of an instant. */
async function foundIn({ minutes, venue = lab(), marks = [], at = TEN }: Given): Promise<Anomaly[]> {
  const ledger = tinyLedger();
  for (const mark of marks) await putMark(ledger, mark, venue.zone, TEN + DAY);
  const { bench, end } = await benchOf(venue, minutes, { ledger });
  try {
    await anomalies.run(dayAt(at, venue), bench);
    return await anomaliesIn(bench.house);
  } finally {
    end();
  }
}
const mark = (kind: Mark['kind'], from: number, until: number): Mark => ({
  id: `m-${from}`,
  span: { from, until },
  room: 'hall',
  measure: null,
  kind,
  words: 'a fire drill',
});

describe('anomalies', () => {
  it('an ordinary day has none', async () => {
    assert.deepEqual(await foundIn({ minutes: mornings(() => null) }), []);
  });

  it('few people on a Tuesday are one major anomaly, with the numbers of the slot in its sentence', async () => {
    const [one, ...others] = await foundIn({ minutes: mornings(few) });
    assert.deepEqual(others, []);
    assert.match(
      one!.sentence,
      /^Main hall: 11 people at 10:00; Tuesdays at 10:00 are usually \d\d–4\d \(6 Tuesdays\)\. The farthest from normal in 25 days\.$/,
    );
    assert.deepEqual([one!.severity, one!.time, one!.until, one!.rung, one!.n], ['major', TEN, TEN + HOUR, 'slot', 6]);
  });

  it('later data changes no earlier score', async () => {
    const day = TEN - 7 * DAY;
    const odd = (time: number) => (time >= day && time < day + HOUR ? { people: 15 } : few(time));
    const later = await foundIn({ minutes: mornings(odd), at: day });
    assert.equal(later.length, 1);
    assert.deepEqual(later, await foundIn({ minutes: mornings(odd, 37), at: day }));
  });

  for (const state of ['deaf', 'thin', 'silent'] as const)
    it(`a room that is ${state} is not judged, and does not teach`, async () => {
      const found = await foundIn({
        minutes: mornings((time) => (time >= TEN && time < TEN + HOUR ? { people: 2, state } : null)),
      });
      assert.ok(found.every(({ severity }) => severity === 'state'));
      assert.deepEqual(
        found.map(({ room }) => room),
        state === 'thin' ? [] : ['hall'],
      );
      if (state === 'deaf')
        assert.equal(
          found[0]!.sentence,
          'Main hall was deaf from 10:00 to 11:00: its gateways spoke and heard nobody, so its counts were not judged.',
        );
    });

  it('rooms that are silent at once are one row; before and after, each is its own', async () => {
    const night = (from: number) => (time: number) =>
      time >= TEN + from * MINUTE && time < TEN + 2 * HOUR ? { state: 'silent' as const, people: 0 } : null;
    const hall = mornings(night(0), 44);
    const bar = mornings(night(30), 44).map((one) => ({ ...one, room: 'bar' }));
    const venue = lab({}, [
      ['gw-1', 'hall'],
      ['gw-2', 'bar'],
    ]);
    const states = (await foundIn({ minutes: [...hall, ...bar], venue })).map(({ room, sentence }) => [room, sentence]);
    assert.deepEqual(states, [
      ['hall', 'Main hall was silent from 10:00 to 10:30: none of its gateways spoke, so its counts were not judged.'],
      [null, 'All rooms were silent from 10:30 to 12:00: no gateway spoke, so nothing was judged.'],
    ]);
  });

  it('what a half hour goes through on each of its days is usual, also at its ends', async () => {
    const lunch = (late: number) => (time: number) => {
      const minute = ((time - START) % DAY) / MINUTE;
      const isLate = time >= START + 43 * DAY;
      return { people: minute >= 10 * 60 + 20 + (isLate ? late : 0) ? 40 : 1 };
    };
    assert.deepEqual(await foundIn({ minutes: mornings(lunch(0)) }), []);
    const [late, ...rest] = await foundIn({ minutes: mornings(lunch(30)) });
    assert.deepEqual(rest, []);
    assert.match(
      late!.sentence,
      /^Main hall: 1 person at 10:[345]\d; Tuesdays at 10:30 are usually 40 \(6 Tuesdays\)\./,
    );
  });

  it('nobody, for however long, is not stuck where nobody is usual', async () => {
    const empty = START + 4 * DAY;
    const now = (time: number) => (time < empty && (time / MINUTE) % 60 < 30 ? 0.4 : 0);
    assert.deepEqual(await foundIn({ minutes: mornings((time) => ({ people: now(time) }), 5), at: empty }), []);
    const still = (time: number) => ({ people: time < empty ? now(time) : 0.2 });
    const [stuck] = await foundIn({ minutes: mornings(still, 5), at: empty });
    assert.match(stuck!.sentence, /^Main hall: 0 people at 10:25, unchanged for two hours; /);
  });

  it('a session is a known event: nothing but capacity is judged until there are three of its kind', async () => {
    const session = (at: number, i: number) => ({
      id: `talk-${i}`,
      title: 'a talk',
      kind: 'talk',
      room: 'hall',
      from: new Date(at).toISOString(),
      until: new Date(at + HOUR).toISOString(),
    });
    const weeks = (count: number) => Array.from({ length: count }, (_, i) => session(TEN - i * 7 * DAY, i));
    assert.deepEqual(await foundIn({ minutes: mornings(few), venue: lab({ sessions: weeks(1) }) }), []);
    const crowd = mornings((time) => (time >= TEN && time < TEN + HOUR ? { people: 75 } : null));
    const [over, ...rest] = await foundIn({ minutes: crowd, venue: lab({ sessions: weeks(2) }) });
    assert.deepEqual(rest, []);
    assert.equal(over!.sentence, 'Main hall: 75 people at 10:00; there is room for 60.');
    assert.deepEqual([over!.severity, over!.rung, over!.session], ['major', 'capacity', 'talk-0']);
    const [fewer] = await foundIn({ minutes: mornings(few), venue: lab({ sessions: weeks(5) }) });
    assert.match(fewer!.sentence, /; a talk here is usually \d\d–\d\d \(4 of them\)/);
  });

  it('a session does not teach the ordinary Tuesday, nor does an excluded span', async () => {
    const busy = (time: number) => {
      const isTuesday = (time - START) % (7 * DAY) >= DAY && (time - START) % (7 * DAY) < 2 * DAY;
      return isTuesday && time < TEN - DAY ? { people: 5 } : null;
    };
    const spans = Array.from({ length: 6 }, (_, week) => START + (7 * week + 1) * DAY);
    const excluded = spans.map((from) => ({
      from: new Date(from).toISOString(),
      until: new Date(from + DAY).toISOString(),
    }));
    const taught = await foundIn({ minutes: mornings(busy) });
    assert.ok(taught.length > 0, 'six quiet Tuesdays make a busy one odd');
    assert.deepEqual(await foundIn({ minutes: mornings(busy), venue: lab({ excluded }) }), []);
  });

  it('marks: "exclude" and "not an anomaly" silence a span; the second one teaches; undone they are nothing', async () => {
    for (const kind of ['exclude', 'not an anomaly'] as const)
      assert.deepEqual(await foundIn({ minutes: mornings(few), marks: [mark(kind, TEN, TEN + HOUR)] }), []);
    const ledger = tinyLedger();
    await putMark(ledger, mark('exclude', TEN, TEN + HOUR), 'UTC', TEN + 3 * DAY);
    assert.equal((await readMarks(ledger)).length, 1);
    const asked = await ledger.list('request/');
    assert.deepEqual(
      asked.map(({ value }) => (value as { job: string; from: string; state: string }).from),
      ['2026-02-17', '2026-02-17'],
    );
    assert.ok(await undoMark(ledger, `m-${TEN}`, 'UTC', TEN + 4 * DAY));
    assert.deepEqual(await readMarks(ledger), []);
    assert.equal(await undoMark(ledger, `m-${TEN}`, 'UTC', TEN + 4 * DAY), null);
    assert.equal((await ledger.list('request/'))[0]!.version, 2, 'it is asked again');
  });

  it('an epoch begins when a gateway of the room moves: older days leave the first rung', async () => {
    const moved = TEN - 3 * 7 * DAY;
    const venue = lab();
    const [gateway] = venue.gateways;
    const gateways = [
      { ...gateway!, until: moved },
      { ...gateway!, from: moved },
    ];
    const [one] = await foundIn({ minutes: mornings(few), venue: { ...venue, gateways } });
    assert.equal(one!.rung, 'hour by kind of day');
    assert.match(one!.sentence, /weekdays from 10:00 are usually \d\d–\d\d \(31 days\)/);
  });

  it('a badge that repeats itself for two hours is stuck; one that lies still, or is heard now and then, is not', async () => {
    const reports: Report[] = [];
    for (let minute = 0; minute < 150; minute += 1) {
      const time = TEN + minute * MINUTE;
      reports.push({ badge: 'stuck', time, claps: 9, temperature: 27 });
      reports.push({ badge: 'still', time, claps: 0, temperature: 24 });
      reports.push({ badge: 'claps', time, claps: minute % 40, temperature: 27 });
      if (minute % 15 === 0) reports.push({ badge: 'faint', time, claps: 2, temperature: 26 });
    }
    const { bench, end } = await benchOf(
      lab(),
      mornings(() => null),
    );
    await anomalies.run(dayAt(TEN, lab()), { ...bench, copy: () => copyOf(bench.house, reports) });
    const found = await anomaliesIn(bench.house);
    end();
    assert.deepEqual(
      found.map(({ sentence }) => sentence),
      ['Badge stuck has said 9 claps and 27.0 °C without a change since 10:00, for two hours (150 reports).'],
    );
    assert.equal(found[0]!.severity, 'major');
  });

  it('hours are those of the venue: a clock change moves no slot', async () => {
    const zone = 'America/New_York';
    const venue = lab({}, [['gw-1', 'hall']], zone);
    const local = (day: number) => dayAt(Date.UTC(2026, 1, 2 + day, 17), venue);
    const minutes: Minute[] = [];
    for (let day = 0; day < 50; day += 1) {
      const from = local(day).until - 14 * HOUR;
      for (let time = from; time < from + 2 * HOUR; time += MINUTE)
        minutes.push({ room: 'hall', time, people: 30 + (day % 5) });
    }
    assert.deepEqual(await foundIn({ minutes, venue, at: local(48).from }), []);
  });
});

describe('baselines', () => {
  it('a day has its half hours, from the days before alone, and again the same bytes', async () => {
    const venue = lab();
    const { bench, end } = await benchOf(venue, mornings(few));
    const first = await baselines.run(dayAt(TEN, venue), bench);
    assert.equal(first.revisions[0]!.isNew, true);
    const rows = await derivedIn(bench.house, 'baselines');
    const ten = rows.find((row) => row.from === TEN && row.measure === 'occupancy')!;
    assert.equal(ten.rung, 'slot');
    assert.equal(ten.n, 6);
    assert.ok((ten.q25 as number) >= 38 && (ten.q75 as number) <= 47 && (ten.median as number) > 37);
    assert.equal((await baselines.run(dayAt(TEN, venue), bench)).revisions[0]!.isNew, false);
    end();
  });

  it('every hour of the day is there once, and none twice', async () => {
    const venue = lab();
    const { bench, end } = await benchOf(
      venue,
      mornings(() => null, 12),
    );
    await baselines.run(dayAt(START + 12 * DAY, venue), bench);
    const rows = (await derivedIn(bench.house, 'baselines')).filter(({ measure }) => measure === 'occupancy');
    const starts = rows.map(({ from }) => from as number);
    assert.equal(new Set(starts).size, starts.length);
    assert.equal(starts.length, 48);
    end();
  });
});
