import type { PivotQuery } from '../../model/pivot.ts';
import type { Source } from './source.ts';
import { PARTS } from './times.ts';

/** A change of one field on rows or columns that gives fewer cells, and how it is said. */
export type Change = { words: string; query: PivotQuery };

const UNIT_S: Record<string, number> = { s: 1, m: 60, h: 3600 };
/** Steps of time that people ask for. */
const WIDTHS = ['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h', '3h', '6h', '12h'];
/** Bins of a number, in its least step. */
const TIMES = [5, 10, 20, 50, 100];
/** What a field is a part of. */
const ABOVE: Record<string, string[]> = {
  badge: ['group'],
  gateway: ['room', 'floor'],
  sensor: ['room', 'floor'],
  room: ['floor'],
  sessionId: ['session', 'day'],
  session: ['day'],
  step: ['day'],
  time: ['hour'],
};

/** For each field of a question its coarser forms, the mildest first; the last is to leave it out. */
export function changesOf(query: PivotQuery, source: Source): Change[][] {
  return (['rows', 'columns'] as const).flatMap((side) =>
    (query[side] ?? []).map((name) => changesAt(query, side, name, source)),
  );
}

function changesAt(query: PivotQuery, side: 'rows' | 'columns', name: string, source: Source): Change[] {
  const taken = new Set([...(query.rows ?? []), ...(query.columns ?? [])]);
  const put = (other: string[]): PivotQuery => ({
    ...query,
    [side]: query[side]!.flatMap((one) => (one === name ? other : [one])),
  });
  const own = said(name, source);
  const kept = coarserNames(name, source).filter((other) => !taken.has(other));
  return [
    ...kept.map((other) => ({ words: `${said(other, source)} instead of ${own}`, query: put([other]) })),
    { words: `without ${own}`, query: put([]) },
  ];
}

function coarserNames(name: string, source: Source): string[] {
  const [base, width] = name.split(':') as [string, string | undefined];
  const above = (ABOVE[base] ?? []).filter((other) => other in source.fields || other in PARTS);
  if (base === 'time' || base === 'step') {
    const now = secondsOf(width ?? `${PARTS[base]!.width! / 60_000}m`);
    const most = base === 'time' ? secondsOf('1h') : Number.POSITIVE_INFINITY;
    const wider = WIDTHS.filter((one) => secondsOf(one) > now && secondsOf(one) <= most);
    return [...wider.map((one) => `${base}:${one}`), ...above];
  }
  const field = source.fields[base];
  if (field?.type !== 'number') return above;
  const least = 1 / (field.scale ?? 1);
  const wider = TIMES.map((times) => Number((times * least).toPrecision(6))).filter((one) => one > Number(width ?? 0));
  return [...wider.map((one) => `${base}:${one}`), ...above];
}

const secondsOf = (width: string): number => Number.parseInt(width, 10) * UNIT_S[width.at(-1)!]!;

/** Time by 15 min; Signal by 5 dBm; Room. */
function said(name: string, { fields }: Source): string {
  const [base, width] = name.split(':') as [string, string | undefined];
  const { label, unit = '' } = fields[base] ?? PARTS[base]!;
  if (width === undefined) return label;
  const words = base in PARTS ? `${Number.parseInt(width, 10)} ${width.at(-1) === 'm' ? 'min' : width.at(-1)}` : width;
  return `${label} by ${words}${base in PARTS ? '' : ` ${unit}`}`.trimEnd();
}
