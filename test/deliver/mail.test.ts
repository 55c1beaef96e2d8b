import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { drawDigest } from '../../services/deliver/digest-picture.ts';
import { escaped, letterOf } from '../../services/deliver/letter.ts';
import { ATTACHED_MAX, addressee } from '../../services/deliver/mail.ts';
import type { Undelivered } from '../../services/deliver/parcel.ts';
import { send } from '../../services/deliver/send.ts';
import { exportsIn, type Manifest } from '../../services/ledger/exported.ts';
import type { Destination, Mail } from '../../services/model/destination.ts';
import { newFolder, remove } from '../service.ts';
import { parcelOf, publish } from './parcels.ts';
import { mailSink } from './receiver.ts';

const never = new AbortController().signal;
const DIGEST = {
  measure: 'Records',
  by: ['Room', 'Floor'],
  bars: [
    { label: 'Hall <1>', value: 42.5, words: '42.5' },
    { label: 'Yard', value: 7, words: '7' },
  ],
  of: 2,
};
const OFFICE = {
  name: 'office',
  kind: 'mail',
  from: 'Hallway <hallway@h.example>',
  to: ['ann@h.example', 'bob@h.example'],
} as const;

describe('a mail', () => {
  const house = newFolder();
  const parcelWith = (contents: Record<string, string | Buffer>, more: Partial<Manifest> = {}) => {
    const published = publish(house, contents, more);
    const file = join(exportsIn(house), published.folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    return parcelOf(house, published, manifest, { digest: async () => DIGEST });
  };
  const at = (server: string, more: Partial<Mail> = {}): Destination => ({
    ...OFFICE,
    to: [...OFFICE.to],
    server,
    ...more,
  });
  const way = (...done: string[]) => ({ done: new Set(done), signal: never });
  after(() => remove(house));

  it('says what was published as text and HTML, with a picture, files attached and its own Message-ID', async () => {
    const sink = await mailSink();
    const way1 = way();
    await send(
      at(sink.url, { username: 'hallway', password: 'hush-hush' }),
      parcelWith({ 'hourly.csv': 'room,count\r\n' }),
      way1,
    );
    await sink.close();
    const [{ to, text } = { to: [], text: '' }] = sink.mails;
    assert.deepEqual(to, OFFICE.to);
    assert.match(text, /^Message-ID: <msg-1@h\.example>/im);
    assert.match(text, /^Subject: Rooms by hour, until/im);
    for (const type of ['text/plain', 'text/html', 'image/png'])
      assert.match(text, new RegExp(`Content-Type: ${type}`));
    assert.match(text, /filename=hourly\.csv/);
    assert.ok(text.includes(Buffer.from('room,count\r\n').toString('base64')));
    assert.deepEqual(way1.done, new Set(OFFICE.to.map(addressee)));
  });

  it('files that are too large are named, with size and hash, and not attached', async () => {
    const sink = await mailSink();
    const parcel = parcelWith({ 'hourly.csv': Buffer.alloc(ATTACHED_MAX + 1, 'x') });
    const links = { page: 'https://h.example/p', file: (name: string) => `https://h.example/f/${name}` };
    await send(at(sink.url), { ...parcel, links }, way());
    await sink.close();
    const [{ text } = { text: '' }] = sink.mails;
    assert.doesNotMatch(text, /filename=hourly\.csv/);
    assert.match(text, /https:\/\/h\.example\/f\/hourly\.csv/);
    assert.match(text.replaceAll('=\r\n', ''), /5\.24=E2=80=AFMB/);
  });

  it('who was refused is told apart: a second try goes to them alone, under the same Message-ID', async () => {
    let isFull = true;
    const sink = await mailSink((address) => (isFull && address.startsWith('bob') ? `${address}: mailbox full` : null));
    const parcel = parcelWith({ 'hourly.csv': 'a' });
    const first = way();
    await assert.rejects(send(at(sink.url), parcel, first), (error: Error) => {
      assert.match(error.message, /^1 of 2 were refused: 452 …: mailbox full/);
      return true;
    });
    assert.deepEqual([...first.done], [addressee('ann@h.example')]);
    isFull = false;
    await send(at(sink.url), parcel, first);
    await send(at(sink.url), parcel, first);
    await sink.close();
    assert.deepEqual(
      sink.mails.map(({ to }) => to),
      [['ann@h.example'], ['bob@h.example']],
    );
    const ids = sink.mails.map(({ text }) => /^Message-ID: .*/im.exec(text)![0]);
    assert.equal(ids[0], ids[1]);
  });

  it('a wrong password is refused without being said', async () => {
    const sink = await mailSink();
    const wrong = at(sink.url, { username: 'hallway', password: 'not-the-password' });
    await assert.rejects(send(wrong, parcelWith({ 'hourly.csv': 'a' }), way()), (error: Error) => {
      assert.doesNotMatch(error.message + error.stack, /not-the-password/);
      return /535|Invalid login/.test(error.message);
    });
    await sink.close();
  });

  it('an address that is not there is refused for good, one that is full is not; so is a wrong password', async () => {
    const answers: Record<string, number> = { 'ann@h.example': 550, 'bob@h.example': 452 };
    const sink = await mailSink(undefined, {
      onRcptTo: ({ address }, _session, done) =>
        done(answers[address] ? Object.assign(new Error('no'), { responseCode: answers[address] }) : null),
    });
    const refused = (to: string[], more: Partial<Mail> = {}) =>
      send(at(sink.url, { to, ...more }), parcelWith({ 'hourly.csv': 'a' }), way()).then(
        () => null,
        (error: Undelivered) => [error.isForGood, error.message.startsWith('refused for good: ')],
      );
    assert.deepEqual(await refused(['ann@h.example']), [true, true]);
    assert.deepEqual(await refused(['ann@h.example', 'cat@h.example']), [true, true], 'one of two');
    assert.deepEqual(await refused(['bob@h.example']), [false, false]);
    assert.deepEqual(await refused(['ann@h.example', 'bob@h.example', 'cat@h.example']), [false, false]);
    assert.deepEqual(await refused(['cat@h.example'], { username: 'hallway', password: 'wrong' }), [true, true]);
    await sink.close();
  });

  it('text of a schedule is text in HTML, whatever it holds', () => {
    const parcel = parcelWith({ 'hourly.csv': 'a' }, { name: '<script>alert("1")</script> & co' });
    const { html, text } = letterOf(parcel, { isAttached: true, digest: DIGEST });
    assert.doesNotMatch(html, /<script/);
    assert.match(text, /<script>/);
    assert.equal(escaped(`<>&"'`), '&#60;&#62;&#38;&#34;&#39;');
    assert.match(html, /alt="Records by room and floor: the largest of 2 rows: Hall &#60;1&#62; 42\.5, Yard 7"/);
  });

  it('has the totals of cells, and a picture that a phone can show whole', () => {
    const totals = { count: 70413, 'sum(rssi)': -5964549, 'average(rssi)': -84.7077, 'median(rssi)': null };
    const said = (holds: 'cells' | 'records') =>
      letterOf(parcelWith({ 'hourly.csv': 'b' }, { totals, holds }), { isAttached: true, digest: DIGEST });
    const { text, subject } = said('cells');
    assert.match(
      text,
      /^In all: Count 70\u202f413, Sum of signal −5\u202f964\u202f549\u202fdBm, Average of signal −84\.71\u202fdBm, Median of signal unknown$/m,
    );
    assert.match(subject, /, until Tue 3 Nov 2026 10:00$/);
    assert.doesNotMatch(said('records').text, /^In all/m);
    assert.match(said('cells').html, /max-width:100%/);
  });

  it('a total whose unit is its name says it once', () => {
    const query = { dataset: 'frames' as const, rows: ['room'], columns: [], measures: ['claps', 'peak'] };
    const parcel = parcelWith({ 'hourly.csv': 'b' }, { query, totals: { claps: 3239, peak: 1 } });
    const { text } = letterOf(parcel, { isAttached: true, digest: null });
    assert.match(text, /^In all: 3\u202f239\u202fclaps, Peak occupancy 1\u202fbadge$/m);
  });

  it('revision 2 says what changed', () => {
    const parcel = parcelWith({ 'hourly.csv': 'b' }, { revision: 2, changed: 'rows: 7 new, 6 gone' });
    const { subject, text } = letterOf(parcel, { isAttached: true, digest: null });
    assert.match(subject, /, revision 2$/);
    assert.match(text, /Revision: 2: rows: 7 new, 6 gone/);
  });

  it('days that nobody has looked at have no 0 rows', () => {
    const said = (rows: number) =>
      letterOf(parcelWith({ 'hourly.csv': 'b' }, { rows, unlooked: ['2026-11-03'] }), {
        isAttached: true,
        digest: null,
      }).text;
    assert.match(said(0), /^Not looked at yet: 2026-11-03$/m);
    assert.doesNotMatch(said(0), /^Rows/m);
    assert.match(said(3), /^Rows: 3$/m);
  });

  it('names what gateways did within the window', () => {
    const changes = [
      { time: Date.UTC(2026, 10, 3, 9, 5), gateways: 1, room: 'a', sentence: 'Gateway g7 was raised in A' },
    ];
    const { text } = letterOf(parcelWith({ 'hourly.csv': 'b' }, { changes }), { isAttached: true, digest: null });
    assert.match(text, /^Changed: Gateway g7 was raised in A, .*09:05/m);
  });

  it('draws its picture the same again, as PNG, also where a value is below 0', () => {
    const bars = [...DIGEST.bars, { label: 'Cellar', value: -3, words: '−3' }];
    const png = drawDigest({ ...DIGEST, bars });
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.ok(png.equals(drawDigest({ ...DIGEST, bars })));
    assert.ok(
      !png.equals(drawDigest({ ...DIGEST, bars: bars.with(0, { label: 'Hall <1>', value: 10, words: '10' }) })),
    );
  });
});
