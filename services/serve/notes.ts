import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { dropNote, putNote, readNotes } from '../ledger/notes.ts';
import { SHOWN_TEXT, TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import { NOTE_ID, Note } from '../model/note.ts';
import { checkedBy, instantAt, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';

/** Bytes of a body at most. */
const BODY_MAX = 16_384;
/** Notes that are kept at most: whoever needs more has other tools. */
const NOTES_MAX = 10_000;

const Instant = Type.Union([Type.Integer(), Type.String()], { description: 'RFC 3339 or UTC epoch ms' });
const Given = Type.Object(
  {
    time: Instant,
    until: Type.Optional(Type.Union([Instant, Type.Null()])),
    room: Type.Optional(Note.properties.room),
    text: Type.Optional(Note.properties.text),
    wall: Type.Optional(Note.properties.wall),
  },
  { additionalProperties: false },
);
const given = Compile(Given);
const FAULTS = 'the note has faults';
const params = Type.Object({ id: Type.String({ pattern: NOTE_ID, description: 'chosen by whoever writes it' }) });

/** `/v1/notes`: annotations and bookmarks of the replay. PUT writes one and is repeatable; DELETE takes it away. */
export function notes(app: FastifyInstance, { ledger, venue }: Deps): void {
  app.get(
    '/v1/notes',
    {
      schema: { summary: 'Annotations and bookmarks, by their moments' },
      config: { docs: { one: Type.Object({ rows: Type.Array(Note) }) } },
    },
    async () => ({
      rows: await readNotes(ledger()),
    }),
  );
  app.put(
    '/v1/notes/:id',
    {
      bodyLimit: BODY_MAX,
      schema: { summary: 'Writes a note about a moment or a span', params, response: { '4xx': Problem } },
      config: { docs: { one: Note, body: Given, types: ['application/json'] } },
    },
    async (request) => {
      const { id } = request.params as { id: string };
      const note = noteOf(id, request.body, venue().file.rooms);
      const all = await readNotes(ledger());
      if (all.length >= NOTES_MAX && !all.some((one) => one.id === id))
        throw new ProblemError(409, `expected ${NOTES_MAX} notes at most, found ${all.length}: delete some first`);
      return putNote(ledger(), note);
    },
  );
  app.delete(
    '/v1/notes/:id',
    {
      schema: {
        summary: 'Takes a note away; its answer written again brings it back',
        params,
        response: { '4xx': Problem },
      },
      config: { docs: { one: Note } },
    },
    async (request) => {
      const note = await dropNote(ledger(), (request.params as { id: string }).id);
      if (!note) throw new ProblemError(404, 'expected the id of a note, as GET /v1/notes lists them');
      return note;
    },
  );
}

function noteOf(id: string, body: unknown, rooms: { id: string }[]): Note {
  const found = checkedBy<Static<typeof Given>>(given, jsonOf(body, '{"time":…,"text":"…"}'), FAULTS);
  const { room = null, text = '', wall = false } = found;
  if (room !== null && !rooms.some((one) => one.id === room))
    throw new ProblemError(400, FAULTS, [{ pointer: '/room', expected: 'a room of the venue, or none', found: room }]);
  const time = instantAt('/time', found.time, FAULTS);
  const until = found.until == null ? null : instantAt('/until', found.until, FAULTS);
  for (const [pointer, at] of Object.entries({ '/time': time, '/until': until }))
    if (at !== null && (at < TIME_MIN_MS || at >= TIME_MAX_MS))
      throw new ProblemError(400, FAULTS, [{ pointer, expected: 'an instant from 2000 to 2099', found: String(at) }]);
  if (until !== null && until <= time)
    throw new ProblemError(400, FAULTS, [
      { pointer: '/until', expected: 'an instant after time', found: String(found.until) },
    ]);
  if (wall && text.trim() !== '' && !new RegExp(SHOWN_TEXT).test(text))
    throw new ProblemError(400, FAULTS, [
      {
        pointer: '/text',
        expected: 'text that names no badge by its pseudonym or address, where the wall shows it',
        found: 'one that does',
      },
    ]);
  return { id, time, until, room, text, wall, made: Date.now() };
}
