import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { dropNote, putNote, readNotes } from '../../services/ledger/notes.ts';
import type { Note } from '../../services/model/note.ts';
import { type App, rows, startApp } from './app.ts';

describe('notes in the ledger', () => {
  it('are what was written last of each, in the order of their moments, whatever was done before', async () => {
    const act = fc.record({ id: fc.constantFrom('a', 'b', 'c'), time: fc.nat(9), isDrop: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
        const ledger = memoryLedger();
        const held = new Map<string, Note>();
        for (const [made, { id, time, isDrop }] of acts.entries()) {
          const note = { id, time, until: null, room: null, text: String(made), wall: false, made };
          if (isDrop) assert.deepEqual(await dropNote(ledger, id), held.get(id) ?? null);
          else await putNote(ledger, note);
          if (isDrop) held.delete(id);
          else held.set(id, { ...note, made: held.get(id)?.made ?? made });
        }
        const expected = [...held.values()].sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
        assert.deepEqual(await readNotes(ledger), expected);
      }),
    );
  });
});

describe('/v1/notes', () => {
  let app: App;
  before(async () => {
    app = await startApp();
  });
  after(() => app.end());
  const send = (method: string, id: string, body?: unknown) =>
    fetch(`${app.address}/v1/notes/${id}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

  it('PUT writes and writes over, DELETE takes away, and its answer written again brings it back', async () => {
    const text = 'here,\n\tand 👏🏽 there';
    assert.equal((await send('PUT', 'one', { time: '2026-11-03T10:42:00Z', text })).status, 200);
    assert.equal(
      (await send('PUT', 'one', { time: 1_793_702_520_000, until: 1_793_702_580_000, text: 'there' })).status,
      200,
    );
    const kept = await rows(app, '/v1/notes');
    assert.deepEqual(
      kept.map(({ id, text, until }) => [id, text, until]),
      [['one', 'there', 1_793_702_580_000]],
    );
    const gone = (await (await send('DELETE', 'one')).json()) as Record<string, unknown>;
    assert.deepEqual(await rows(app, '/v1/notes'), []);
    const { id: _id, made: _made, ...again } = gone;
    assert.equal((await send('PUT', 'one', again)).status, 200);
    assert.equal((await rows(app, '/v1/notes'))[0]!.text, 'there');
    assert.equal((await send('DELETE', 'two')).status, 404);
  });

  it('refuses what is none, with the place of the fault', async () => {
    const faults: [unknown, RegExp][] = [
      [{ text: 'when' }, /time/],
      [{ time: 946_684_799_999 }, /"pointer":"\/time","expected":"an instant from 2000 to 2099"/],
      [{ time: 1_793_702_580_000, until: 4_102_444_800_000 }, /"pointer":"\/until","expected":"an instant from 2000/],
      [{ time: 'yesterday' }, /"pointer":"\/time","expected":"an instant/],
      [{ time: 1_793_702_580_000, until: 1_793_702_580_000 }, /an instant after time/],
      [{ time: 1_793_702_580_000, text: 'x'.repeat(2001) }, /\/text/],
      [
        { time: 1_793_702_580_000, room: 'cellar' },
        /"pointer":"\/room","expected":"a room of the venue, or none","found":"cellar"/,
      ],
      ...['a\u0000b', 'a\u001bb', 'a\u202eb'].map((text): [unknown, RegExp] => [
        { time: 1_793_702_580_000, text },
        /"pointer":"\/text","expected":"text without control characters, at most 2000"/,
      ]),
      [{ time: 1_793_702_580_000, colour: 'red' }, /fault/],
    ];
    for (const [body, words] of faults) {
      const reply = await send('PUT', 'bad', body);
      assert.equal(reply.status, 400);
      assert.match(await reply.text(), words);
    }
    assert.equal((await fetch(`${app.address}/v1/notes/bad`, { method: 'PUT', body: '{' })).status, 400);
    assert.equal((await send('PUT', 'no%20id', { time: 1 })).status, 400);
  });
});
