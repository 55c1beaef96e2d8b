import { CLOSE_OBJECT } from '../ascii.ts';
import { BADGE, bitOf, GATEWAY, KIND, LEARNT_MAX, NAMES, NULLABLE, REQUIRED, SIMULATED } from './draft.ts';
import { Pattern, type Slot } from './pattern.ts';

/** A name and a value, and what follows them. */
const PAIR = / *"([a-z]+)" *: *(?:"([A-Za-z0-9._:-]{1,64})"|(-?[0-9][0-9.]*)|(null|true|false)) *([,}])/y;

/**
 * The pattern of the line that begins at `from`, if it is an ordinary sighting: a flat object of known fields in any
 * order, each once, ids without escapes, plain numbers, no blanks but spaces.
 */
export function learnLine(bytes: Buffer, from: number, until: number): Pattern | 'odd' | 'unfinished' {
  const end = bytes.indexOf(CLOSE_OBJECT, from) + 1;
  if (end <= from || end > until) return 'unfinished';
  if (end - from > LEARNT_MAX) return 'odd';
  const line = bytes.subarray(from, end);
  const pairs = pairsOf(line.toString('latin1'));
  const seen = pairs?.reduce((all, { field }) => all | bitOf(field), 0) ?? 0;
  if (!pairs || (seen & REQUIRED) !== REQUIRED) return 'odd';
  const simulated = pairs.some(({ field, constant }) => field === SIMULATED && constant === 'true');
  return new Pattern(
    line,
    pairs.filter((pair) => pair.constant === undefined),
    simulated,
  );
}

/** A value that is the same in all lines of a pattern, or a slot for one that is not. */
type Pair = Slot & { constant: string | undefined };

function pairsOf(text: string): Pair[] | undefined {
  const pairs: Pair[] = [];
  PAIR.lastIndex = 1;
  for (let isLast = text[0] !== '{'; !isLast; ) {
    const match = PAIR.exec(text);
    const pair = match && pairOf(match);
    if (!pair || pairs.some(({ field }) => field === pair.field)) return undefined;
    pairs.push(pair);
    isLast = match[5] === '}';
  }
  return pairs;
}

function pairOf({ 0: all, 1: name, 2: id, 3: number, 4: constant, index }: RegExpExecArray): Pair | undefined {
  const field = NAMES.indexOf(name as (typeof NAMES)[number]);
  const value = id ?? number ?? '';
  const from = index + all.lastIndexOf(value);
  const slot = { field, from, until: from + value.length };
  if (field === GATEWAY || field === BADGE) return id ? { ...slot, constant: undefined } : undefined;
  if (field === KIND) return id === 'sighting' ? { ...slot, constant: id } : undefined;
  if (field === SIMULATED) return constant && constant !== 'null' ? { ...slot, constant } : undefined;
  if (field < 0 || id !== undefined) return undefined;
  if (number) return { ...slot, constant: undefined };
  return constant === 'null' && NULLABLE.includes(field) ? { ...slot, constant } : undefined;
}
