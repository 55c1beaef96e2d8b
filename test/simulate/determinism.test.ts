import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createWorld, type Told } from '../../services/simulate/world.ts';
import { at, conference, START, told } from './event.ts';

const bytes = (told: Iterable<Told>): string => {
  const hash = createHash('sha256');
  for (const one of told) hash.update(`${JSON.stringify(one)}\n`);
  return hash.digest('hex');
};

const [FROM, UNTIL] = [at(2, '10:28'), at(2, '10:40')];
const chunked = (ms: (turn: number) => number): Told[] => {
  const world = conference({ from: FROM });
  const all: Told[] = [];
  for (let [time, turn] = [FROM, 0]; time < UNTIL; turn += 1) {
    time = Math.min(UNTIL, time + ms(turn));
    for (const one of world.advance(time)) all.push(one);
    assert.equal(world.now, time);
  }
  return all;
};

describe('a world', () => {
  const whole = told(FROM, UNTIL);

  it('tells the same bytes for the same seed and start, and others for others', () => {
    assert.ok(whole.length > 8000);
    assert.equal(bytes(told(FROM, UNTIL)), bytes(whole));
    assert.notEqual(bytes(told(FROM, UNTIL, { seed: 2 })), bytes(whole));
    const moved = told(FROM + 3_600_000, UNTIL + 3_600_000, { start: START + 3_600_000 });
    const back = moved.map(({ received, body }) => ({
      received: received - 3_600_000,
      body: { ...body, time: body.time - 3_600_000 },
    }));
    assert.equal(bytes(back as Told[]), bytes(whole));
  });

  it('advance(until) tells the same however it is cut', () => {
    assert.equal(bytes(chunked(() => 1000)), bytes(whole));
    assert.equal(bytes(chunked(() => 137)), bytes(whole));
    assert.equal(bytes(chunked((turn) => 1 + ((turn * 7919) % 90_000))), bytes(whole));
  });

  it('advance(until) tells [now, until) in the order of received, and keeps what was not taken', () => {
    const world = conference({ from: FROM });
    const first: Told[] = [];
    for (const one of world.advance(UNTIL)) if (first.push(one) === 1234) break;
    assert.equal(bytes([...first, ...world.advance(UNTIL)]), bytes(whole));
    for (let i = 1; i < whole.length; i += 1) assert.ok(whole[i - 1]!.received <= whole[i]!.received);
    assert.ok(whole[0]!.received >= FROM && whole.at(-1)!.received < UNTIL);
    assert.deepEqual([...world.advance(FROM)], []);
  });

  it('one that begins later tells what an earlier one tells from then on: at any time, in an outage, after one', () => {
    for (const [from, later, until] of [
      [at(2, '09:20'), at(2, '09:41:07') + 333, at(2, '09:44')],
      [at(1, '23:50'), at(2, '00:03'), at(2, '00:10')],
      [at(2, '16:00'), at(2, '16:30'), at(2, '16:42')],
      [at(2, '16:00'), at(2, '16:40:03'), at(2, '16:42')],
      [at(2, '14:00'), at(2, '14:19:50'), at(2, '14:22')],
    ] as const) {
      const tail = told(from, until).filter(({ received }) => received >= later);
      assert.ok(tail.length > 50);
      assert.equal(bytes(told(later, until)), bytes(tail), new Date(later).toISOString());
    }
  });

  it('asking for the truth changes nothing, in whatever order it is asked', () => {
    const world = conference({ from: FROM });
    const all: Told[] = [];
    for (let time = FROM; time < UNTIL; time += 60_000) {
      world.truth(at(1, '12:00') + ((time * 7) % 100_000_000));
      for (const one of world.advance(time + 60_000)) all.push(one);
    }
    assert.equal(bytes(all), bytes(whole));
    const late = world.truth(at(2, '11:00'));
    world.truth(at(1, '11:00'));
    assert.deepEqual(world.truth(at(2, '11:00')), late);
  });

  it('badges have MACs of their own: no two alike, others next year', () => {
    const { macs } = createWorld({ seed: 1, start: START, people: 10_000, from: at(3, '23:00') });
    assert.equal(new Set(macs).size, 10_000);
    for (const mac of macs) assert.match(mac, /^[c-f][0-9a-f](:[0-9a-f]{2}){5}$/);
    const others = new Set(conference({ seed: 2 }).macs);
    assert.deepEqual(
      conference().macs.filter((mac) => others.has(mac)),
      [],
    );
  });
});
