import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { ID_PATTERN } from '../model/fields.ts';
import { type Columns, columnsSchema } from '../model/query.ts';
import type { Deps } from './deps.ts';
import { sendListed } from './listed.ts';
import { Problem } from './problem.ts';

const COLUMNS: Columns = {
  id: 'text',
  process: 'text',
  screen: 'text',
  floor: 'text',
  address: 'text',
  since: 'instant',
  frame: 'instant',
  skipped: 'integer',
};

/** What a stream may say of whoever listens: what the screen is called, and which floor it holds. */
export const screenParameters = {
  screen: Type.Optional(Type.String({ pattern: ID_PATTERN, description: 'what the screen is called' })),
  floor: Type.Optional(Type.String({ pattern: ID_PATTERN, description: 'the floor it holds, if it does not rotate' })),
};

type Listening = { [Name in keyof typeof COLUMNS]: string | number | null };

/** One open stream, as it goes on. */
export type Screen = {
  /** the frame that was sent last, UTC ms */
  told(frame: number | null): void;
  /** a frame was not sent, for the client does not read */
  missed(): void;
  leave(): void;
};

/** Streams that are open in a process, in the order in which they came. */
export type Screens = {
  enter(said: { screen?: string; floor?: string }, address: string, now: number): Screen;
  list(): Listening[];
};

export function createScreens(): Screens {
  const open = new Map<string, Listening>();
  return {
    enter({ screen = null as never, floor = null as never }, address, now) {
      const id = randomUUID().slice(0, 8);
      const row: Listening = { id, screen, floor, address, since: now, frame: null, skipped: 0 };
      open.set(id, row);
      return {
        told(frame) {
          row.frame = frame;
        },
        missed() {
          row.skipped = (row.skipped as number) + 1;
        },
        leave: () => void open.delete(id),
      };
    },
    list: () => [...open.values()],
  };
}

/** `GET /v1/screens`: who listens to frames now, in whichever process. */
export function screens(app: FastifyInstance, deps: Deps): void {
  app.get(
    '/v1/screens',
    {
      schema: {
        summary:
          'Open streams of frames of all processes: what each calls itself, the frame it got last, frames it missed',
        response: { '4xx': Problem },
      },
      config: { docs: { rows: columnsSchema(COLUMNS) } },
    },
    async (request, reply) =>
      sendListed(request, reply, deps, {
        dataset: 'screens',
        columns: COLUMNS,
        rows: (await deps.processes()).flatMap(({ screens }) => screens),
        readFrom: 'open streams',
      }),
  );
}
