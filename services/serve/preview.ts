import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { Ask } from '../answer/answer.ts';
import type { Row, Table } from '../formats/format.ts';
import { BY_NAME } from '../formats/formats.ts';
import { abortAfter } from '../model/abort.ts';
import { Time } from '../model/fields.ts';
import type { PivotQuery } from '../model/pivot.ts';
import type { Viewer } from '../model/query.ts';
import { GivenSchedule, type Holding } from '../model/schedule.ts';
import { windowsAbout } from '../model/windows.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { leaving } from './reply.ts';
import { settled } from './schedules.ts';
import { refuseTimetable } from './timetables.ts';
import { viewerOf } from './viewer.ts';

/** Bytes of a schedule at most. */
const SCHEDULE_MAX = 48 * 1024;
/** Rows that are shown, those by which bytes are guessed, and those that are counted at most. */
const SHOWN = 8;
const WEIGHED = 5000;
const COUNTED = 200_000;
/** A preview that takes longer is ended, ms. */
const PREVIEW_MAX_MS = 20_000;

const given = Compile(GivenSchedule);
const Preview = Type.Object({
  from: Time,
  until: Time,
  rows: Type.Integer(),
  atLeast: Type.Boolean({ description: 'there are more rows than were counted' }),
  columns: Type.Record(Type.String(), Type.String()),
  first: Type.Array(Type.Record(Type.String(), Type.Unknown()), { description: `the first ${SHOWN} rows` }),
  files: Type.Array(
    Type.Object({ format: Type.String(), bytes: Type.Integer({ description: 'about: guessed by the first rows' }) }),
  ),
  ms: Type.Number(),
});

/** `POST /v1/schedules/preview`: what the files of a schedule would be, of the last window that has ended. Nothing is kept. */
export function previews(app: FastifyInstance, deps: Deps): void {
  app.post(
    '/v1/schedules/preview',
    {
      bodyLimit: SCHEDULE_MAX,
      schema: {
        summary:
          'The first rows of what a schedule would write of the last whole window of its timetable, and about how large its files would be',
        response: { '4xx': Problem },
      },
      config: { docs: { one: Preview, body: GivenSchedule, bodyTypes: ['application/json'] } },
    },
    async (request, reply) => {
      const began = performance.now();
      const body = checkedBy<GivenSchedule>(given, jsonOf(request.body, 'a schedule'), 'the schedule has faults');
      const viewer = viewerOf(request);
      const kept = settled(body, deps.zone(), Number.NEGATIVE_INFINITY, viewer.scope);
      const timed = { ...kept, since: Number.NEGATIVE_INFINITY };
      refuseTimetable(timed);
      const [window] = windowsAbout(timed, Date.now(), 1);
      if (!window) throw new ProblemError(422, 'expected a timetable with a window, found none');
      const { from, until } = window;
      const query: PivotQuery = { zone: kept.zone, ...kept.query, span: { from, until } };
      const signal = abortAfter(PREVIEW_MAX_MS, leaving(reply));
      const { table, held, rows } = await rowsFor(deps.ask, query, kept.holds, viewer, signal);
      const files = await Promise.all(
        kept.formats.map(async (format) => ({ format, bytes: await weigh(format, table, held, rows) })),
      );
      const atLeast = kept.holds === 'cells' && rows >= COUNTED;
      const ms = Math.round(performance.now() - began);
      return { from, until, rows, atLeast, columns: table.columns, first: held.slice(0, SHOWN), files, ms };
    },
  );
}

/** The first rows, and how many there are: records are counted by the pivot, cells as they come. */
async function rowsFor(ask: Ask, query: PivotQuery, holds: Holding, viewer: Viewer, signal: AbortSignal) {
  const isRecords = holds === 'records';
  const dataset = isRecords ? 'records' : 'pivot';
  const table = await ask({ dataset, pivot: query, limit: isRecords ? WEIGHED : null }, viewer, signal);
  const held: Row[] = [];
  let rows = 0;
  for await (const chunk of table.rows) {
    rows += chunk.length;
    held.push(...chunk.slice(0, WEIGHED - held.length));
    if (rows >= COUNTED) break;
  }
  return { table, held, rows: isRecords ? await countOf(ask, query, viewer, signal) : rows };
}

async function countOf(ask: Ask, query: PivotQuery, viewer: Viewer, signal: AbortSignal): Promise<number> {
  const pivot: PivotQuery = { ...query, rows: [], columns: [], measures: ['count'] };
  let count = 0;
  for await (const rows of (await ask({ dataset: 'pivot', pivot }, viewer, signal)).rows)
    count = Number(rows[0]?.count ?? count);
  return count;
}

/** About how many bytes so many rows are in a format, by the first of them. */
async function weigh(format: string, { columns, meta }: Pick<Table, 'columns' | 'meta'>, held: Row[], rows: number) {
  let bytes = 0;
  const once = async function* () {
    yield held;
  };
  for await (const chunk of BY_NAME[format]!.write({ columns, meta, rows: once(), next: null }))
    bytes += Buffer.byteLength(chunk);
  return Math.round(bytes * Math.max(1, rows / Math.max(1, held.length)));
}
