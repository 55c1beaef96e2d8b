import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Misconfigured, readConfig } from '../../services/settings/config.ts';
import { newFolder, remove } from '../service.ts';

const TOKEN = '0123456789abcdef';
/** What is wrong with an environment, or '' */
function faultOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    assert.ok(error instanceof Misconfigured, String(error));
    return error.message;
  }
}

describe('readConfig', () => {
  const folder = newFolder();
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  after(() => remove(folder));

  it('HOST may be any address with HALLWAY_TOKEN, and loopback alone without', () => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.7', 'fd00::2']) {
      assert.equal(readConfig({ HOST, HALLWAY_TOKEN: TOKEN }).host, HOST);
      assert.equal(faultOf({ HOST }), '', 'its ledger may have an admin, which is known at the start');
      const fault = faultOf({ HOST, ROLE: 'live', KAFKA_BROKERS: '127.0.0.1:9092' });
      assert.match(fault, /^HOST: expected a loopback address while there is no HALLWAY_TOKEN and no admin's token/);
    }
    for (const HOST of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.equal(faultOf({ HOST }), '', HOST);
    for (const HOST of ['*', 'hallway.example', '0.0.0.0:80'])
      assert.match(faultOf({ HOST, HALLWAY_TOKEN: TOKEN }), /^HOST: expected a loopback address/, HOST);
  });

  it('HALLWAY_TOKEN has 16 to 512 characters without spaces; another is refused and not shown', () => {
    assert.equal(readConfig({}).token, null);
    assert.equal(readConfig({ HALLWAY_TOKEN: ` ${TOKEN}\n` }).token, TOKEN);
    for (const wrong of [TOKEN.slice(1), `${TOKEN} ${TOKEN}`, 'x'.repeat(513), `${TOKEN}é`]) {
      const fault = faultOf({ HALLWAY_TOKEN: wrong });
      assert.match(fault, /^HALLWAY_TOKEN: expected a secret of 16 to 512 characters.*, found \d+ characters$/);
      assert.ok(!fault.includes(wrong), fault);
    }
  });

  it('a secret may be in a file; one that is given itself wins; a file without one is a fault', () => {
    const HALLWAY_TOKEN_FILE = file('token', `${TOKEN}\n`);
    assert.equal(readConfig({ HALLWAY_TOKEN_FILE }).token, TOKEN);
    assert.equal(readConfig({ PSEUDONYM_KEYS_FILE: file('keys', '1:secret\n') }).pseudonymKeys, '1:secret');
    assert.equal(readConfig({ HALLWAY_TOKEN_FILE, HALLWAY_TOKEN: `${TOKEN}0` }).token, `${TOKEN}0`);
    assert.match(faultOf({ HALLWAY_TOKEN_FILE: file('none', '\n') }), /^HALLWAY_TOKEN_FILE: .*found .*none empty$/);
    assert.match(faultOf({ HALLWAY_TOKEN_FILE: join(folder, 'nowhere') }), /^HALLWAY_TOKEN_FILE: .*ENOENT/);
    assert.match(faultOf({ HALLWAY_TOKEN_FILE: file('short', 'abc') }), /^HALLWAY_TOKEN: .*found 3 characters$/);
    assert.equal(readConfig({ PORT_FILE: file('port', '80') }).port, 3000);
  });
});

describe('SOURCE=replay', () => {
  const REPLAY = 'event.ndjson';
  it('has a file and a speed, 1 unless said; inf is as fast as it is taken', () => {
    const speedOf = (SPEED: string) => readConfig({ SOURCE: 'inbox,replay', REPLAY, SPEED }).replay!.speed;
    assert.deepEqual(['', '2000', '0.5', 'inf'].map(speedOf), [1, 2000, 0.5, Infinity]);
    for (const SPEED of ['0', '-1', 'fast', '1e3', 'Infinity'])
      assert.match(
        faultOf({ SOURCE: 'replay', REPLAY, SPEED }),
        /^SPEED: expected .*a number above 0, or inf, found "/,
      );
    assert.match(faultOf({ SOURCE: 'replay' }), /^REPLAY: expected a recording .*, found nothing$/);
    assert.equal(readConfig({}).replay, null);
  });

  it('is refused beside a source of another time, and its settings without it', () => {
    for (const other of ['simulate', 'kafka'])
      assert.match(
        faultOf({ SOURCE: `${other},replay`, REPLAY, KAFKA_BROKERS: 'a:1' }),
        /SOURCE: expected replay without/,
      );
    for (const alone of [{ REPLAY }, { SPEED: '2' }])
      assert.match(faultOf(alone), /^SOURCE: expected replay among it beside (REPLAY|SPEED), found inbox$/);
  });
});

describe('servers', () => {
  it('with a port that there is not, or certificates that are none, are refused by setting, expected, found', () => {
    const refused = (given: Record<string, string>, words: RegExp) =>
      assert.throws(() => readConfig({ KAFKA_BROKERS: 'a:1', ...given }), words);
    refused({ KAFKA_BROKERS: 'a:1, b:99999' }, /^Error: KAFKA_BROKERS: expected host:port, .*found "a:1, b:99999"$/);
    refused({ KAFKA_BROKERS: 'a:0' }, /KAFKA_BROKERS: expected/);
    for (const name of ['KAFKA_CA', 'MQTT_CA']) {
      const more = { KAFKA_TLS: 'on', MQTT_URL: 'mqtts://a' };
      refused({ ...more, [name]: '/none/ca.pem' }, new RegExp(`${name}: expected a file of certificates .*ENOENT`));
      refused(
        { ...more, [name]: import.meta.filename },
        new RegExp(`${name}: expected a file of certificates .*found none`),
      );
    }
  });
});

describe('roles', () => {
  const SERVERS = {
    KAFKA_BROKERS: '127.0.0.1:9092',
    INFLUX_URL: 'http://127.0.0.1:8086',
    MQTT_URL: 'mqtt://127.0.0.1:1883',
  };
  const ALLOWED: Record<string, { SOURCE: string[]; STORE: string[] }> = {
    all: { SOURCE: ['inbox', 'mqtt', 'kafka', 'replay', 'simulate'], STORE: ['duckdb', 'influx'] },
    ingest: { SOURCE: ['kafka'], STORE: ['influx'] },
    live: { SOURCE: ['kafka'], STORE: ['duckdb', 'influx'] },
    serve: { SOURCE: ['inbox', 'mqtt', 'kafka', 'replay', 'simulate'], STORE: ['influx'] },
    bridge: { SOURCE: ['mqtt'], STORE: ['duckdb', 'influx'] },
  };

  it('work with the sources and stores that they may, and anything else is refused with the list', () => {
    for (const [ROLE, may] of Object.entries(ALLOWED))
      for (const SOURCE of ALLOWED.all!.SOURCE)
        for (const STORE of ALLOWED.all!.STORE) {
          const REPLAY = ROLE === 'all' && SOURCE === 'replay' ? 'event.ndjson' : '';
          const read = () => readConfig({ ...SERVERS, ROLE, SOURCE, STORE, REPLAY });
          if (may.SOURCE.includes(SOURCE) && may.STORE.includes(STORE)) assert.equal(read().role, ROLE);
          else assert.throws(read, /expected one of all × .* · bridge × mqtt, found/, `${ROLE} × ${SOURCE} × ${STORE}`);
        }
  });

  it('have sources, stores and ports of their own, and say which servers they lack', () => {
    const found = Object.keys(ALLOWED).map((ROLE) => readConfig({ ...SERVERS, ROLE }));
    assert.deepEqual(
      found.map(({ sources, store, port }) => `${sources} ${store} ${port}`),
      ['inbox duckdb 3000', 'kafka influx 0', 'kafka influx 0', ' influx 3000', 'mqtt influx 0'],
    );
    assert.throws(() => readConfig({ ROLE: 'ingest' }), /KAFKA_BROKERS: .*\nINFLUX_URL: /);
    assert.throws(() => readConfig({ ROLE: 'bridge', KAFKA_BROKERS: 'a:1' }), /^Error: MQTT_URL: [^\n]*$/);
    assert.equal(readConfig({ SOURCE: 'inbox' }).kafka.brokers.length, 0, 'one process needs none');
  });
});
