import type { Ask } from './ask.ts';
import type { Rows } from './rows.ts';
import type { DayRow } from './tiles.ts';

/** A row of `GET /v1/tiles/flows/{day}`: badges that came from `room` to `to` in a minute (UTC ms). */
export type FlowRow = { time: number; room: string; to: string; count: number };

export const readFlows = async (ask: Ask, { day, revision, tag }: DayRow): Promise<FlowRow[]> =>
  (await ask<Rows<FlowRow>>(`v1/tiles/flows/${day}?revision=${revision}&tag=${tag}`)).body.rows;
