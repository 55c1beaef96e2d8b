import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, byBadge, conference, EPOCH, groupBy, mean, sightings, told } from './event.ts';

const truth = conference();
/** Is this badge counting, by the truth, throughout the minute before an instant? */
const secondsBefore = (time: number, seconds: number) =>
  Array.from({ length: seconds }, (_, i) => Math.floor(time / 1000) * 1000 - (seconds - i) * 1000);

describe('what badges send', () => {
  // Applause at 10:15 on day 3, heard once a second.
  const [from, until] = [at(3, '10:14:30'), at(3, '10:16')];
  const heard = sightings(told(from, until, { everySeconds: 1 })).filter(
    ({ gateway }) => gateway !== 'gw-12' && gateway !== 'gw-17',
  );
  const seconds = new Map(
    Array.from({ length: 130 }, (_, i) => from - 40_000 + i * 1000).map((time) => [time, byBadge(truth, time)]),
  );
  const counting = truth.macs.filter((mac) =>
    [...seconds.values()].every((second) => second.get(mac)!.isCounting && second.get(mac)!.isWorn),
  );

  it('claps are a gauge of ten whole seconds, repeated in every advert and by every gateway until the next ten', () => {
    const groups = groupBy(heard, ({ badge }) => badge);
    let compared = 0;
    for (const mac of counting) {
      const reports = groups.get(mac) ?? [];
      const phases = Array.from({ length: 10 }, (_, phase) => phase).filter((phase) =>
        reports.every(({ time, claps }) => claps === gaugeAt(mac, time, phase)),
      );
      assert.ok(phases.length >= 1, mac);
      compared += reports.length;
    }
    assert.ok(compared > 20_000, String(compared));
  });

  /** The truth's claps and shakes in the last ten seconds that were whole for a badge of this phase. */
  function gaugeAt(mac: string, time: number, phase: number): number {
    const second = Math.floor(time / 1000);
    const end = second - ((second - EPOCH / 1000 - phase) % 10);
    let sum = 0;
    for (let s = end - 10; s < end; s += 1) {
      const badge = seconds.get(s * 1000)!.get(mac)!;
      sum += badge.claps + badge.shakes;
    }
    return sum;
  }

  it('the phase of the gauge differs from badge to badge and is known to nobody', () => {
    const turns = new Map<number, number>();
    for (const [, reports] of groupBy(
      heard.filter(({ badge }) => counting.includes(badge)),
      ({ badge }) => badge,
    ))
      for (let i = 1; i < reports.length; i += 1)
        if (reports[i]!.claps !== reports[i - 1]!.claps) {
          const second = Math.floor(reports[i]!.time / 1000) % 10;
          turns.set(second, (turns.get(second) ?? 0) + 1);
        }
    assert.equal(turns.size, 10);
    assert.ok(Math.min(...turns.values()) > 5, JSON.stringify([...turns]));
  });

  it('an applause gives 15 to 40, movement up to 8: summed raw it would be many times what was clapped', () => {
    const quiet = sightings(told(at(3, '10:07'), at(3, '10:09'))).filter(({ badge }) => counting.includes(badge));
    assert.ok(quiet.every(({ claps }) => claps! <= 8));
    const loud = heard.filter(({ badge, claps }) => counting.includes(badge) && claps! > 8).map(({ claps }) => claps!);
    assert.ok(mean(loud) > 15 && Math.max(...loud) <= 45, `${mean(loud)} ${Math.max(...loud)}`);
    const clapped = counting
      .flatMap((mac) => [...seconds.values()].map((second) => second.get(mac)!.claps))
      .reduce((a, b) => a + b);
    assert.ok(loud.reduce((a, b) => a + b) > 10 * clapped);
  });

  it('temperature is in whole degrees, cut: between the truth and a degree below', () => {
    for (const { badge, temperature, time } of heard.filter((_, i) => i % 97 === 0)) {
      assert.equal(temperature, Math.trunc(temperature));
      const real = seconds.get(Math.floor(time / 1000) * 1000)!.get(badge)!;
      if (real.isCounting) assert.equal(temperature, Math.trunc(real.temperature));
    }
  });

  it('silent wearers are in the room and never heard; others send no claps at all', () => {
    const badges = new Set(heard.map(({ badge }) => badge));
    const there = [...seconds.get(from)!.values()].filter(({ room, isWorn }) => room === 'mccurdy-12' && isWorn);
    const silent = there.filter(({ isSpeaking }) => !isSpeaking);
    assert.ok(silent.length >= 4 && silent.length < 0.1 * there.length, String(silent.length));
    assert.ok(silent.every(({ badge }) => !badges.has(badge) && truth.isSilent(badge)));
    const mute = [...groupBy(heard, ({ badge }) => badge)].filter(([, reports]) =>
      reports.every(({ claps }) => claps === null),
    );
    assert.ok(mute.length > 0.04 * badges.size && mute.length < 0.13 * badges.size, String(mute.length));
  });
});

describe('what the firmware does to it', () => {
  it('after the test alert every badge says 6 until its button is pressed', () => {
    const world = conference();
    const before = sightings([...world.advance(at(0, '12:10'))]);
    const after = sightings([...world.advance(at(0, '12:26'))]);
    assert.ok(before.every(({ claps }) => claps === 0 || claps === null));
    const first = [...groupBy(after, ({ badge }) => badge).values()].filter((reports) => reports[0]!.claps !== null);
    assert.ok(first.length > 230, String(first.length));
    assert.ok(first.filter((reports) => reports[0]!.claps === 6).length > 0.85 * first.length);
    const pressed = first.filter((reports) => reports.at(-1)!.claps === 0);
    assert.ok(pressed.length > 0.95 * first.length, `${pressed.length} of ${first.length}`);
    assert.ok(world.truth(at(0, '12:12')).rooms.every(({ people, claps }) => people === 0 && claps === 0));
  });

  it('a menu says 6 and keeps the temperature of the moment it was opened; nobody claps six times a second on end', () => {
    const [from, until] = [at(2, '11:05'), at(2, '11:40')];
    const heard = sightings(told(from, until, { everySeconds: 2 }));
    const spells = [...groupBy(heard, ({ badge }) => badge)].flatMap(([badge, reports]) => {
      const six = reports.filter(
        ({ claps, time }) => claps === 6 && !byBadge(truth, Math.floor(time / 1000) * 1000).get(badge)!.isCounting,
      );
      return six.length > 8 ? [six] : [];
    });
    assert.ok(spells.length > 5, String(spells.length));
    for (const six of spells) assert.ok(new Set(six.map(({ temperature }) => temperature)).size <= 2);
  });

  it('badges with the published build keep one temperature and count no claps from one press to the next', () => {
    const [from, until] = [at(2, '11:00'), at(2, '12:30')];
    const heard = [...groupBy(sightings(told(from, until)), ({ badge }) => badge)].filter(
      ([, reports]) => reports.length > 50,
    );
    const frozen = heard.filter(([, reports]) => reports.every(({ claps }) => claps === 0 || claps === 6));
    assert.ok(frozen.length >= 5 && frozen.length < 0.12 * heard.length, String(frozen.length));
    for (const [badge, reports] of frozen) {
      const changes = reports.filter((report, i) => i > 0 && report.temperature !== reports[i - 1]!.temperature);
      assert.ok(changes.length <= 6, badge);
      assert.ok(byBadge(truth, at(2, '11:30')).get(badge)!.isCounting === false);
    }
    const clapped = frozen.map(([badge]) =>
      secondsBefore(at(2, '11:45:12'), 16).reduce((sum, time) => sum + byBadge(truth, time).get(badge)!.claps, 0),
    );
    assert.ok(mean(clapped) > 10, 'their wearers do clap');
  });

  it('in the badge workshop four in ten let others connect: they vanish without a farewell and come back', () => {
    const heard = groupBy(sightings(told(at(1, '16:20'), at(1, '16:50'))), ({ badge }) => badge);
    const there = truth
      .truth(at(1, '16:35'))
      .badges.filter(({ room, isWorn, badge }) => room === 'mccurdy-12' && isWorn && !truth.isSilent(badge));
    const gone = there.filter(({ isSpeaking }) => !isSpeaking);
    assert.ok(
      gone.length > 0.3 * there.length && gone.length < 0.5 * there.length,
      `${gone.length} of ${there.length}`,
    );
    assert.ok(gone.every(({ badge }) => (heard.get(badge) ?? []).every(({ time }) => time < at(1, '16:35'))));
    const back = new Set(sightings(told(at(1, '17:50'), at(1, '18:20'))).map(({ badge }) => badge));
    assert.ok(gone.filter(({ badge }) => back.has(badge)).length > 0.4 * gone.length);
  });

  it('one badge is stuck: 27 °C and 9 claps for ever, while it walks', () => {
    const heard = sightings(told(at(2, '08:00'), at(2, '18:00'))).filter(
      ({ temperature, claps }) => temperature === 27 && claps === 9,
    );
    const [badge, reports] = [...groupBy(heard, ({ badge }) => badge)].sort((a, b) => b[1].length - a[1].length)[0]!;
    assert.ok(reports.length > 500);
    const all = sightings(told(at(2, '11:00'), at(2, '12:00'))).filter((one) => one.badge === badge);
    assert.ok(all.every(({ temperature, claps }) => temperature === 27 && claps === 9));
    const rooms = new Set(
      [9.5, 10.7, 11.5, 13, 14.5, 17].map((hour) => byBadge(truth, at(2, '00:00') + hour * 3_600_000).get(badge)!.room),
    );
    assert.ok(rooms.size > 2);
    const before = sightings(told(at(1, '14:00'), at(1, '15:00'))).filter((one) => one.badge === badge);
    assert.ok(new Set(before.map(({ claps }) => claps)).size > 1);
  });
});
