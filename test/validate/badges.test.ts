import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countedIn } from '../../services/model/venue.ts';
import { NoBadges, parseBadges } from '../../services/validate/badges.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';

const DAY = 86_400_000;
const CHANGE = Date.UTC(2026, 10, 5);
const pseudonym = pseudonymiser(parseKeys('1:aaaaaaaaaaaaaaaa,2@2026-11-05:bbbbbbbbbbbbbbbb'));
const GROUPS = ['attendee', 'staff'];
const read = (...rows: string[]) => parseBadges(['id,group,from,until', ...rows].join('\n'), GROUPS, pseudonym);

it('parseBadges(text) names badges by every key that signs while they are in a group, and quotes no id', () => {
  const mac = 'E0:B2:01:E3:09:8C';
  const always = read(`${mac},staff,,`);
  assert.deepEqual(
    always.map(({ badge }) => badge),
    [pseudonym('e0b201e3098c', CHANGE - 1), pseudonym('e0b201e3098c', CHANGE)],
  );
  assert.equal(read(`${mac},staff,,2026-11-04T00:00:00Z`).length, 1);
  for (const [row, said] of [
    [`${mac},crew,,`, /line 2: expected a group of the venue \(attendee, staff\), found crew/],
    [`${mac},staff,yesterday,`, /line 2: expected RFC 3339/],
    [',staff,,', /line 2: expected an id/],
  ] as const)
    assert.throws(
      () => read(row),
      (error: Error) => said.test(error.message) && !error.message.includes('E0:B2'),
    );
  assert.throws(
    () => read(`${mac},crew,,`, `${mac},staff,,`, ',staff,soon,'),
    (error: Error) =>
      error instanceof NoBadges && error.faults.map((one) => one.slice(0, 6)).join() === 'line 2,line 4,line 4',
  );
  assert.throws(() => read(`${mac},staff`), /line 2: expected 4 cells, found other CSV/);
  assert.throws(() => parseBadges('badge,group\n', GROUPS, pseudonym), /line 1: expected id,group,from,until/);
});

it('countedIn(venue) asks the group that a badge is in then, else the default one', () => {
  const members = read(`b,staff,,${new Date(CHANGE).toISOString()}`, `b,attendee,${new Date(CHANGE).toISOString()},`);
  const groups = [{ id: 'attendee' }, { id: 'staff', counted: false }];
  const file = { zone: 'UTC', rooms: [], gateways: [], groups, badges: { default: 'staff' } };
  const counted = countedIn({ file, members });
  assert.equal(counted(pseudonym('b', CHANGE - DAY), CHANGE - DAY), false);
  assert.equal(counted(pseudonym('b', CHANGE + DAY), CHANGE + DAY), true);
  assert.equal(counted(pseudonym('x', CHANGE), CHANGE), false);
  assert.equal(countedIn({ file: { ...file, badges: { default: 'attendee' } } })('x', 0), true);
  assert.equal(countedIn({ file: { zone: 'UTC', rooms: [], gateways: [] } })('x', 0), true);
});
