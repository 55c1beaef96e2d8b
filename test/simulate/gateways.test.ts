import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { house } from '../../services/simulate/house.ts';
import { createRadio } from '../../services/simulate/radio.ts';
import { at, conference, groupBy, heartbeats, mean, median, sightings, told, truths } from './event.ts';

const gatewayNamed = (id: string) => house.gateways.findIndex((gateway) => gateway.id === id);

describe('the air', () => {
  const radio = createRadio();
  const level = (gateway: string, floor: number, x: number, y: number, isWallOpen = false) =>
    radio(floor, x, y, isWallOpen)[gatewayNamed(gateway)]!;

  it('a level falls with distance: 2.2 × 10 dB for ten times as far', () => {
    assert.ok(Math.abs(level('gw-05', 0, 26.25, 15.2) - -59) < 1.5);
    assert.ok(Math.abs(level('gw-05', 0, 26.25, 6.25) - (-59 - 22)) < 1.5);
  });

  it('a wall takes 12 dB, the open movable wall and an open door nothing, the next floor everything', () => {
    const closed = level('gw-05', 0, 34.25, 8.25, false);
    const open = level('gw-05', 0, 34.25, 8.25, true);
    assert.ok(Math.abs(open - closed - 12) < 0.01);
    assert.ok(level('gw-11', 0, 22.75, 14.25) > level('gw-11', 0, 26.25, 14.25) + 10, 'through the door of McCurdy 1');
    assert.ok(level('gw-05', 1, 26.25, 15.2) < -150);
  });

  it('there are two deaf spots, 20 dB quieter than beside them', () => {
    assert.ok(level('gw-16', 0, 3.25, 31.75) + 15 < level('gw-16', 0, 5.75, 31.75));
    assert.ok(level('gw-19', 1, 48.25, 4.25) + 15 < level('gw-19', 1, 45.75, 4.25));
  });

  it('a body is in the way: who faces a gateway is louder than who turns away', () => {
    const heard = sightings(told(at(2, '09:45'), at(2, '09:58')));
    const truth = truths(at(2, '09:50'), at(2, '09:50:01'));
    // Everybody in the hall looks north, where gw-04 hangs; gw-05 is behind them.
    const levels = (gateway: string, near: (x: number, y: number) => boolean) =>
      mean(
        heard
          .filter(
            (one) =>
              one.gateway === gateway && near(truth(at(2, '09:50'), one.badge).x, truth(at(2, '09:50'), one.badge).y),
          )
          .map(({ rssi }) => rssi),
      );
    const apart = (x: number, y: number, gx: number, gy: number) => Math.hypot(x - gx, y - gy);
    const north = levels('gw-04', (x, y) => Math.abs(apart(x, y, 19.3, 1.3) - 9) < 1.5);
    const south = levels('gw-05', (x, y) => y < 16 && Math.abs(apart(x, y, 26, 16.2) - 9) < 1.5);
    assert.ok(north > south + 3, `${north} ${south}`);
  });

  it('one burst is heard by two or three gateways, each at its own level, and levels of one who sits scatter', () => {
    const heard = sightings(told(at(3, '11:05'), at(3, '11:25'))).filter(({ gateway }) => gateway !== 'gw-20');
    const bursts = [...groupBy(heard, ({ badge, time }) => `${badge} ${Math.round(time / 10_000)}`).values()];
    const gateways = mean(bursts.map((burst) => burst.length));
    assert.ok(gateways > 2 && gateways < 5, String(gateways));
    const pairs = [...groupBy(heard, ({ badge, gateway }) => `${badge} ${gateway}`).values()].filter(
      (pair) => pair.length > 12,
    );
    const spread = mean(
      pairs.map((pair) => Math.sqrt(mean(pair.map(({ rssi }) => rssi ** 2)) - mean(pair.map(({ rssi }) => rssi)) ** 2)),
    );
    assert.ok(spread > 1.5 && spread < 4.5, String(spread));
  });

  it('every other gateway only, if sparse; more often, if asked', () => {
    const sparse = new Set(
      sightings(told(at(2, '10:40'), at(2, '10:45'), { isSparse: true })).map(({ gateway }) => gateway),
    );
    assert.ok([...sparse].every((gateway) => Number(gateway.slice(3)) % 2 === 1) && sparse.size > 5);
    const count = (everySeconds: number) => sightings(told(at(2, '10:40'), at(2, '10:44'), { everySeconds })).length;
    assert.ok(Math.abs(count(20) / count(60) - 3) < 0.3);
  });
});

describe('gateways', () => {
  it('stood low on day 1: in full rooms weak and few are heard, raised overnight they hear well', () => {
    const reports = (from: number) => {
      const there = conference()
        .truth(from + 60_000)
        .rooms.find(({ room }) => room === 'mccurdy-12')!.worn;
      const heard = sightings(told(from, from + 120_000)).filter(({ gateway }) =>
        ['gw-04', 'gw-05', 'gw-06', 'gw-07'].includes(gateway),
      );
      return { each: heard.length / there, rssi: mean(heard.map(({ rssi }) => rssi)) };
    };
    const [low, raised] = [reports(at(1, '09:20')), reports(at(2, '09:50'))];
    assert.ok(low.each < 0.6 * raised.each, JSON.stringify([low, raised]));
    assert.ok(low.rssi < raised.rssi - 2, JSON.stringify([low, raised]));
  });

  it('are restarted one by one on day 1: each is silent for 40 s, says so when it is back, and nobody calls it offline', () => {
    const beats = groupBy(heartbeats(told(at(1, '08:38'), at(1, '08:48'))), ({ gateway }) => gateway);
    assert.equal(beats.size, 20);
    for (const [number, { id }] of house.gateways.entries()) {
      const mine = beats.get(id)!;
      const back = mine.findIndex(({ info }) => info?.restarted === true);
      const gap = mine[back]!.time - mine[back - 1]!.time;
      assert.ok(gap >= 39_000 && gap < 62_000, `${id}: ${gap}`);
      assert.ok(Math.abs(mine[back]!.received - at(1, '08:40:40') - number * 18_000) < 5000);
      assert.ok(mine.every(({ status }) => status === 'online'));
      assert.ok(mine.slice(1).every(({ time }, i) => i + 1 === back || time - mine[i]!.time < 22_000));
    }
  });

  it('two have clocks that are off: one advert, two times', () => {
    const heard = sightings(told(at(2, '12:30'), at(2, '13:00')));
    const late = (gateway: string) =>
      median(heard.filter((one) => one.gateway === gateway).map(({ time, received }) => received - time));
    assert.ok(late('gw-12') > -2300 && late('gw-12') < -2000, String(late('gw-12')));
    assert.ok(late('gw-20') > 47_000 && late('gw-20') < 47_300, String(late('gw-20')));
    for (const { id } of house.gateways.filter(({ id }) => id !== 'gw-12' && id !== 'gw-20'))
      if (heard.some(({ gateway }) => gateway === id)) assert.ok(late(id) > 0 && late(id) < 300, id);
  });
});

describe('planted faults', () => {
  it('a room goes deaf on day 2: one gateway is offline, one beats but hears nobody, and the room is full of people', () => {
    const all = told(at(2, '14:10'), at(2, '15:20'));
    const [from, until] = [at(2, '14:20'), at(2, '15:10')];
    const during = <T extends { time: number }>(list: T[]) => list.filter(({ time }) => time >= from && time < until);
    for (const gateway of ['gw-08', 'gw-09']) {
      const heard = sightings(all).filter((one) => one.gateway === gateway);
      assert.equal(during(heard).length, 0);
      assert.ok(
        heard.filter(({ time }) => time < from).length > 100 && heard.filter(({ time }) => time >= until).length > 50,
      );
    }
    const beats = (gateway: string) => during(heartbeats(all).filter((one) => one.gateway === gateway));
    assert.deepEqual(
      beats('gw-08').map(({ status, time }) => [status, time]),
      [['offline', from + 45_000]],
    );
    assert.ok(beats('gw-09').length >= 149 && beats('gw-09').every(({ status }) => status === 'online'));
    const { people, worn } = conference()
      .truth(at(2, '14:45'))
      .rooms.find(({ room }) => room === 'mccurdy-3')!;
    assert.ok(people >= 35 && people <= 60 && worn > 30, `${people} ${worn}`);
  });

  it('a room is deaf when the demo is first looked at: gw-03 on day 3, 09:47 to 11:30', () => {
    const all = told(at(3, '09:40'), at(3, '11:35'));
    const heard = sightings(all).filter(({ gateway }) => gateway === 'gw-03');
    assert.equal(heard.filter(({ time }) => time >= at(3, '09:47:01') && time < at(3, '11:30')).length, 0);
    assert.ok(heard.filter(({ time }) => time < at(3, '09:47')).length > 30);
    assert.ok(heartbeats(all).filter(({ gateway }) => gateway === 'gw-03').length > 340);
    for (const time of ['10:00', '10:20', '10:50', '11:20'])
      assert.ok(
        conference()
          .truth(at(3, time))
          .rooms.find(({ room }) => room === 'maginnes-1')!.people >= 8,
        time,
      );
  });

  it('the wifi is away on day 2, 16:05 to 16:40: what was heard comes in a burst, up to 35 minutes late, nothing is lost', () => {
    const [from, until] = [at(2, '16:05'), at(2, '16:40')];
    const all = told(at(2, '15:55'), at(2, '16:45'));
    const whole = told(at(2, '15:55'), at(2, '16:45'), { isPlain: true });
    for (const gateway of ['gw-16', 'gw-18']) {
      const mine = sightings(all).filter((one) => one.gateway === gateway && one.time >= from && one.time < until);
      assert.ok(mine.length > 50, `${gateway} ${mine.length}`);
      assert.ok(mine.every(({ received }) => received >= until && received < until + 60_000));
      assert.ok(Math.max(...mine.map(({ time, received }) => received - time)) > 33 * 60_000);
      const plain = sightings(whole).filter((one) => one.gateway === gateway && one.time >= from && one.time < until);
      assert.ok(Math.abs(mine.length / plain.length - 1) < 0.1, `${mine.length} ${plain.length}`);
      const said = heartbeats(all).filter(
        (one) => one.gateway === gateway && one.received >= from && one.received < until,
      );
      assert.deepEqual(
        said.map(({ status }) => status),
        ['offline'],
      );
    }
  });

  it('without what is planted nobody is late, offline or deaf', () => {
    const all = told(at(2, '14:40'), at(2, '16:10'), { isPlain: true });
    assert.ok(all.every(({ received, body }) => received - body.time < 4000 && received > body.time - 100));
    assert.ok(heartbeats(all).every(({ status }) => status === 'online'));
    assert.ok(
      sightings(all).some(({ gateway, time }) => gateway === 'gw-09' && time > at(2, '14:40') && time < at(2, '15:00')),
    );
  });
});
