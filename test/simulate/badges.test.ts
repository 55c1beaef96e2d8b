import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { at, conference, EPOCH, groupBy, mean, type Sighting, sightings, told, truths } from './event.ts';

const byMac = (list: Sighting[]) => groupBy(list, ({ badge }) => badge);
const secondsOf = (from: number, until: number) =>
  Array.from({ length: (until - from) / 1000 }, (_, i) => from + i * 1000);
/** What gateways with a good clock heard, at the second it was sent: such clocks are off by 20 ms at most. */
const clocked = (list: Sighting[]) =>
  list
    .filter(({ gateway }) => gateway !== 'gw-12' && gateway !== 'gw-20')
    .map((one) => ({ ...one, time: one.time + 20 }));

describe('what badges send', () => {
  // Applause at 10:15 on day 3, heard once a second.
  const [from, until] = [at(3, '10:14:30'), at(3, '10:15:50')];
  const heard = clocked(sightings(told(from, until, { everySeconds: 1 })));
  const reports = byMac(heard);
  const truth = truths(from - 40_000, until);
  const { macs, isSilent } = conference();
  const counting = macs.filter((mac) => secondsOf(from - 40_000, until).every((time) => truth(time, mac).isCounting));

  /** The truth's claps and shakes in the last ten seconds that were whole for a badge of this phase. */
  function gaugeAt(mac: string, time: number, phase: number): number {
    const second = Math.floor((time - EPOCH) / 1000);
    const end = second - ((second + 10 - phase) % 10);
    const ten = secondsOf(EPOCH + (end - 10) * 1000, EPOCH + end * 1000);
    return ten.reduce((sum, at) => sum + truth(at, mac).claps + truth(at, mac).shakes, 0);
  }

  it('claps are a gauge of ten whole seconds, repeated in every advert and by every gateway until the next ten', () => {
    for (const mac of counting) {
      const sent = reports.get(mac)!.filter((_, i) => i % 5 === 0);
      const fits = (phase: number) => sent.every(({ time, claps }) => claps === gaugeAt(mac, time, phase));
      assert.ok([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].some(fits), mac);
    }
    assert.ok(counting.length > 150);
  });

  it('the phase of the gauge differs from badge to badge and is known to nobody', () => {
    const turns = new Array<number>(10).fill(0);
    for (const mac of counting)
      for (const [i, { time, claps }] of reports.get(mac)!.entries())
        if (i > 0 && claps !== reports.get(mac)![i - 1]!.claps) turns[Math.floor(time / 1000) % 10]! += 1;
    assert.ok(Math.min(...turns) > 5, JSON.stringify(turns));
  });

  it('an applause gives 15 to 40, movement up to 8; summed raw it would be many times what was clapped', () => {
    const quiet = heard.filter(({ badge, time }) => time < at(3, '10:14:55') && counting.includes(badge));
    assert.ok(quiet.length > 2000 && quiet.every(({ claps }) => claps! <= 8));
    const loud = heard.filter(({ badge, claps }) => counting.includes(badge) && claps! > 8).map(({ claps }) => claps!);
    assert.ok(mean(loud) > 15 && Math.max(...loud) <= 45, `${mean(loud)} ${Math.max(...loud)}`);
    const clapped = counting.flatMap((mac) => secondsOf(from, until).map((time) => truth(time, mac).claps));
    assert.ok(loud.reduce((a, b) => a + b) > 10 * clapped.reduce((a, b) => a + b));
  });

  it('temperature is in whole degrees, cut towards zero', () => {
    for (const { badge, temperature, time } of heard)
      if (truth(time, badge).isCounting)
        assert.ok(Math.abs(truth(time, badge).temperature - temperature - 0.5) < 0.52, badge);
  });

  it('silent wearers are in the room and never heard; others send no claps at all', () => {
    const there = macs.filter((mac) => truth(from, mac).room === 'mccurdy-12');
    const silent = there.filter((mac) => !truth(from, mac).isSpeaking);
    assert.ok(silent.length >= 4 && silent.length < 0.1 * there.length, String(silent.length));
    assert.ok(silent.every((mac) => isSilent(mac) && !reports.has(mac)));
    const mute = [...reports.values()].filter((sent) => sent.every(({ claps }) => claps === null));
    assert.ok(mute.length > 0.04 * reports.size && mute.length < 0.13 * reports.size, String(mute.length));
    assert.ok(mute.every(([first]) => !truth(from, first!.badge).isCounting));
  });
});

describe('what the firmware does to it', () => {
  it('after the test alert every badge says 6 until its button is pressed, though nobody is there', () => {
    const world = conference();
    const before = sightings([...world.advance(at(0, '12:10'))]);
    const after = [...byMac(sightings([...world.advance(at(0, '12:26'))])).values()].filter(
      ([first]) => first!.claps !== null,
    );
    assert.ok(before.length > 300 && before.every(({ claps }) => claps === 0 || claps === null));
    assert.ok(after.length > 230, String(after.length));
    assert.ok(after.filter(([first]) => first!.claps === 6).length > 0.85 * after.length);
    assert.ok(after.filter((sent) => sent.at(-1)!.claps === 0).length > 0.95 * after.length);
    for (const sent of after)
      assert.equal(
        new Set(sent.filter(({ claps }) => claps === 6).map(({ temperature }) => temperature)).size <= 1,
        true,
      );
    assert.ok(world.truth(at(0, '12:12')).rooms.every(({ people, claps }) => people === 0 && claps === 0));
  });

  const [from, until] = [at(2, '11:22'), at(2, '11:58')];
  const heard = [...byMac(clocked(sightings(told(from, until, { everySeconds: 5 })))).values()].filter(
    (sent) => sent.length > 150,
  );
  const truth = truths(from, until);

  it('a menu says 6 and keeps the temperature of the moment it was opened', () => {
    const isMenu = ({ badge, time, claps }: Sighting) => claps === 6 && !truth(time, badge).isCounting;
    const spells = heard.map((sent) => sent.filter(isMenu)).filter((sent) => sent.length > 3);
    assert.ok(spells.length > 10, String(spells.length));
    for (const spell of spells) {
      assert.equal(new Set(spell.map(({ temperature }) => temperature)).size, 1);
      assert.ok(spell.at(-1)!.time - spell[0]!.time <= 90_000);
    }
  });

  it('badges with the published build keep one temperature and count no claps from one press to the next', () => {
    const frozen = heard.filter((sent) => sent.every(({ claps }) => claps === 0 || claps === 6));
    assert.ok(frozen.length >= 5 && frozen.length < 0.12 * heard.length, `${frozen.length} of ${heard.length}`);
    for (const sent of frozen) {
      const changes = sent.filter(({ temperature }, i) => i > 0 && temperature !== sent[i - 1]!.temperature);
      assert.ok(changes.length <= 2, `${changes.length} changes in half an hour`);
    }
    const clapping = frozen.filter(([first]) =>
      secondsOf(at(2, '11:44:50'), at(2, '11:45:12')).some((time) => truth(time, first!.badge).claps > 0),
    );
    assert.ok(clapping.length > 0, 'their wearers do clap');
  });

  it('in the badge workshop four in ten let others connect: they vanish without a farewell and come back', () => {
    const world = conference();
    const there = world
      .truth(at(1, '16:35'))
      .badges.filter(({ room, isWorn, badge }) => room === 'mccurdy-12' && isWorn && !world.isSilent(badge));
    const gone = there.filter(({ isSpeaking }) => !isSpeaking).map(({ badge }) => badge);
    assert.ok(
      gone.length > 0.3 * there.length && gone.length < 0.5 * there.length,
      `${gone.length} of ${there.length}`,
    );
    const during = byMac(sightings(told(at(1, '16:35'), at(1, '16:50'))));
    assert.ok(gone.filter((mac) => during.has(mac)).length < 0.1 * gone.length, 'but for those who went for a coffee');
    const after = byMac(sightings(told(at(1, '17:45'), at(1, '18:30'))));
    assert.ok(gone.filter((mac) => after.has(mac)).length > 0.4 * gone.length);
  });

  it('one badge is stuck from day 1, 15:00: 27 °C and 9 claps for ever, while it walks', () => {
    const sent = [...byMac(sightings(told(at(2, '10:00'), at(2, '13:30')))).values()];
    const stuck = sent.filter(
      (list) => list.length > 50 && list.every(({ temperature, claps }) => temperature === 27 && claps === 9),
    );
    assert.equal(stuck.length, 1);
    const mac = stuck[0]![0]!.badge;
    const world = conference();
    const rooms = ['10:05', '10:45', '11:20', '12:10', '13:20'].map(
      (time) => world.truth(at(2, time)).badges.find(({ badge }) => badge === mac)!.room,
    );
    assert.ok(new Set(rooms).size > 2, String(rooms));
    const before = sightings(told(at(1, '14:30'), at(1, '15:00'))).filter(({ badge }) => badge === mac);
    assert.ok(before.some(({ claps }) => claps !== 9));
  });
});
