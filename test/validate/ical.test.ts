import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { CalendarRead } from '../../services/model/programme.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { readApart, yearsAbout } from '../../services/programme/calendar.ts';
import { withProgramme } from '../../services/validate/venue/programme.ts';

const ZONE = 'Europe/Dublin';
const NOW = Date.parse('2026-10-20T00:00:00Z');

const calendar = (events: string[][]): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...events.flatMap((lines) => ['BEGIN:VEVENT', ...lines, 'END:VEVENT']),
    'END:VCALENDAR',
    '',
  ].join('\r\n');

/** The same events in one calendar: a child takes its time to start. */
async function read(events: string[][]): Promise<CalendarRead> {
  const said = await readApart(calendar(events), ZONE, NOW);
  assert.ok('read' in said, JSON.stringify(said));
  return said.read;
}

const DATE = (date: Temporal.PlainDate) => date.toString().replaceAll('-', '');
type Told = {
  day: number;
  hour: number;
  form: 'floating' | 'utc' | 'zone';
  count: number;
  except: number[];
  cancelled: boolean;
};

/** An event as lines of a calendar: daily from a day of October on, across the end of summer time. */
function linesOf({ day, hour, form, count, except, cancelled }: Told, i: number): string[] {
  const first = Temporal.PlainDate.from({ year: 2026, month: 10, day });
  const time = (date: Temporal.PlainDate, minute: string) =>
    `${DATE(date)}T${String(hour).padStart(2, '0')}${minute}00`;
  const [param, end] = form === 'utc' ? ['', 'Z'] : form === 'zone' ? [';TZID=America/New_York', ''] : ['', ''];
  return [
    `UID:event-${i}`,
    `DTSTART${param}:${time(first, '00')}${end}`,
    `DTEND${param}:${time(first, '45')}${end}`,
    ...(count > 1 ? [`RRULE:FREQ=DAILY;COUNT=${count}`] : []),
    ...except
      .filter((one) => one < count && count > 1)
      .map((one) => `EXDATE${param}:${time(first.add({ days: one }), '00')}${end}`),
    ...(cancelled ? ['STATUS:CANCELLED'] : []),
    `SUMMARY:Event ${i}`,
  ];
}

/** When it takes place, worked out with Temporal alone. */
function timesOf({ day, hour, form, count, except, cancelled }: Told): number[] {
  if (cancelled) return [];
  const zone = form === 'utc' ? 'UTC' : form === 'zone' ? 'America/New_York' : ZONE;
  const days = Array.from({ length: count }, (_, i) => i).filter((i) => count === 1 || !except.includes(i));
  return days.map(
    (i) =>
      Temporal.PlainDateTime.from({ year: 2026, month: 10, day, hour }).add({ days: i }).toZonedDateTime(zone)
        .epochMilliseconds,
  );
}

describe('an iCalendar', () => {
  it('readCalendar(text) takes place when the calendar says so: recurring, with exceptions, in any zone or in none', async () => {
    const told = fc.record({
      day: fc.integer({ min: 20, max: 26 }),
      hour: fc.integer({ min: 3, max: 22 }),
      form: fc.constantFrom<Told['form']>('floating', 'utc', 'zone'),
      count: fc.integer({ min: 1, max: 8 }),
      except: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 }),
      cancelled: fc.boolean(),
    });
    // Many events a calendar rather than many calendars: each is read by a process of its own.
    const samples = fc.sample(fc.array(told, { minLength: 30, maxLength: 30 }), { numRuns: 3, seed: 11 });
    for (const events of samples) {
      const { sessions } = await read(events.map(linesOf));
      for (const [i, event] of events.entries()) {
        const found = sessions.filter(({ title }) => title === `Event ${i}`);
        assert.deepEqual(
          found.map(({ from }) => from),
          timesOf(event),
          JSON.stringify(event),
        );
        assert.ok(found.every(({ from, until }) => until - from === 45 * 60_000));
      }
      assert.equal(new Set(sessions.map(({ id }) => id)).size, sessions.length);
    }
  });

  it('what is moved keeps its id; what is cancelled, lasts days, has no end or an unknown zone is left out and said', async () => {
    const daily = [
      'UID:a',
      'DTSTART:20261020T100000',
      'DTEND:20261020T110000',
      'RRULE:FREQ=DAILY;COUNT=3',
      'SUMMARY:Daily',
      'LOCATION:Hall',
    ];
    const change = [
      'UID:a',
      'RECURRENCE-ID:20261021T100000',
      'DTSTART:20261021T140000',
      'DTEND:20261021T150000',
      'SUMMARY:Moved',
    ];
    const gone = [
      'UID:a',
      'RECURRENCE-ID:20261022T100000',
      'DTSTART:20261022T100000',
      'DTEND:20261022T110000',
      'STATUS:CANCELLED',
      'SUMMARY:Gone',
    ];
    const { sessions: plain } = await read([daily]);
    const { sessions, left } = await read([
      daily,
      change,
      gone,
      ['UID:b', 'DTSTART;VALUE=DATE:20261020', 'SUMMARY:All day'],
      ['UID:c', 'DTSTART:20261020T100000Z', 'SUMMARY:No end'],
      [
        'UID:d',
        'DTSTART;TZID=Nowhere/None:20261020T100000',
        'DTEND;TZID=Nowhere/None:20261020T110000',
        'SUMMARY:Nowhere',
      ],
      ['UID:e', 'DTSTART:20261023T100000Z', 'DURATION:PT45M', 'SUMMARY;LANGUAGE=en:Folded\r\n  title\\, with a comma'],
    ]);
    assert.deepEqual(
      sessions.map(({ title, from }) => [title, new Date(from).toISOString()]),
      [
        ['Daily', '2026-10-20T09:00:00.000Z'],
        ['Moved', '2026-10-21T13:00:00.000Z'],
        ['Folded title, with a comma', '2026-10-23T10:00:00.000Z'],
      ],
    );
    assert.equal(sessions[1]!.id, plain[1]!.id);
    const why = Object.fromEntries(left.map(({ what, examples }) => [what, examples]));
    assert.deepEqual(Object.keys(why).sort(), [
      'cancelled',
      'has no end after its beginning',
      'in a zone that nobody knows (Nowhere/None)',
      'lasts whole days',
    ]);
  });

  it('what is no calendar is refused with what was found, and a rule without end is bounded', async () => {
    assert.match(JSON.stringify(await readApart('<html>', ZONE, NOW)), /expected an iCalendar.*found <html>/);
    const said = await readApart(
      calendar([
        ['UID:x', 'DTSTART:20260101T000000Z', 'DTEND:20260101T000001Z', 'RRULE:FREQ=SECONDLY', 'SUMMARY:Bomb'],
      ]),
      ZONE,
      NOW,
    );
    assert.match(JSON.stringify(said), /refused/);
  });

  it('the span is of whole years, so that tomorrow the same sessions are taken', () => {
    assert.deepEqual(yearsAbout(NOW, ZONE), yearsAbout(NOW + 86_400_000, ZONE));
  });
});

describe('withProgramme(file, sessions)', () => {
  const file: VenueFile = {
    zone: ZONE,
    rooms: [
      { id: 'main', name: 'Main Hall' },
      { id: 'mccurdy-1', name: 'McCurdy 1' },
    ],
    gateways: [],
    sessions: [
      { id: 'own', title: 'By hand', from: 0, until: 1 },
      { id: 'ics-old', title: 'Of a calendar before', from: 0, until: 1 },
    ],
  };
  const session = (id: string, location: string) => ({ id: `ics-${id}`, title: id, location, from: 0, until: 1000 });

  it('finds rooms by id, name, up to a comma, or as somebody said; the rest is said, and what is by hand stays', () => {
    const places = ['MAIN', 'main  hall', 'McCurdy 1, Weir House', 'mccurdy_1', 'Saal', 'Roof', ''];
    const { file: made, report } = withProgramme(
      file,
      places.map((place, i) => session(String(i), place)),
      { Saal: 'main', Roof: 'no-room' },
    );
    assert.deepEqual(
      made.sessions!.map(({ id, room }) => [id, room]),
      [
        ['own', undefined],
        ...['main', 'main', 'mccurdy-1', 'mccurdy-1', 'main', undefined, undefined].map((room, i) => [
          `ics-${i}`,
          room,
        ]),
      ],
    );
    assert.deepEqual(report, { sessions: 7, unmatched: [{ location: 'Roof', sessions: 1 }] });
  });
});
