import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import { audit } from '../ledger/audit.ts';
import { CALENDAR_MAX, GivenProgramme, Programme } from '../model/programme.ts';
import { checkedBy, jsonOf } from './checked.ts';
import type { Deps } from './deps.ts';
import { Problem, ProblemError } from './problem.ts';
import { whoOf } from './viewer.ts';

/** Bytes of a body at most: a calendar as a JSON text. */
const BODY_MAX = CALENDAR_MAX + 65_536;
const given = Compile(GivenProgramme);
const errors = { '4xx': Problem };

/**
 * `/v1/programme`: sessions from an iCalendar, by address or as a file. `PUT` says where it is and reads it; `POST …/read` reads
 * it again now. Whoever may do this is an admin, so an address of his own network is one too.
 */
export function programme(app: FastifyInstance, deps: Deps): void {
  const config = { docs: { one: Programme } };
  app.get(
    '/v1/programme',
    {
      schema: { summary: 'Where sessions come from, what of it is no room, when it is read next', response: errors },
      config,
    },
    () => deps.programme.get(),
  );
  app.put(
    '/v1/programme',
    {
      bodyLimit: BODY_MAX,
      schema: {
        summary: 'Takes sessions from an iCalendar: an address that is read again, or a file',
        response: errors,
      },
      config: { ...config, docs: { ...config.docs, body: GivenProgramme, types: ['application/json'] } },
    },
    async (request) => {
      const said = checkedBy<GivenProgramme>(
        given,
        jsonOf(request.body, '{"url":"https://…"}'),
        'the programme has faults',
      );
      if (said.url != null && !URL.canParse(said.url))
        throw new ProblemError(400, 'the programme has faults', [
          { pointer: '/url', expected: 'an address that begins with http:// or https://', found: 'another text' },
        ]);
      const what = said.calendar !== undefined ? 'a calendar as a file' : whatOf(said);
      await audit(deps.ledger(), { who: whoOf(request), did: 'imported', schedule: null, what });
      return deps.programme.put(said);
    },
  );
  app.post(
    '/v1/programme/read',
    { bodyLimit: 1024, schema: { summary: 'Reads the calendar again, now', response: errors }, config },
    () => deps.programme.read(),
  );
}

/** The address of a calendar may be a secret: its host alone is put down. */
const whatOf = ({ url }: GivenProgramme): string =>
  url == null ? 'what places of the calendar mean' : `a calendar of ${new URL(url).host}`;
