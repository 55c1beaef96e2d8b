import { clapsRow } from './claps.ts';
import { countRow, countSize } from './count.ts';
import { headRow } from './head.ts';
import type { Mark } from './marks.ts';
import { placesRow } from './places.ts';
import { shareRow } from './share.ts';
import { sparkRow } from './sparkline.ts';
import { type Row, spread, take } from './stack.ts';
import { deviationRow, overRow, thinRow } from './state.ts';
import type { Slot, TileOf } from './tile.ts';

/** From this ratio of width to height on a tile has two columns. */
const WIDE = 1.7;
/** The left column's share of the width, and how much larger its count may be. */
const [LEFT, LARGER] = [0.5, 1.35];

/** The tile of a room whose count is known: a stack that takes rows by priority while they fit. */
export function known(of: TileOf, slot: Slot): Mark[] {
  const isWide = of.type.isRich && slot.width > WIDE * slot.height;
  return isWide ? wide(of, slot) : narrow(of, slot);
}

function narrow(of: TileOf, slot: Slot): Mark[] {
  const gap = of.type.small * 0.36;
  const head = headRow(of);
  const states = [overRow(of), thinRow(of), deviationRow(of)];
  const size = sizeOf(of, slot, head.height + gap, states);
  const count = countRow(of, size);
  const share = shareRow(of);
  const [claps, places, spark] = of.type.isRich ? [clapsRow(of), placesRow(of, slot.width), sparkRow(of)] : [];
  const taken = take([head, count, ...states, share, claps, places, spark].map(orNull), slot.height, gap);
  const shown = [head, count, ...states, share, places, spark, claps].filter((row) => row && taken.includes(row));
  const isAlone = !taken.includes(share);
  const rows = shown.map((row) => (row === count && isAlone ? countRow(of, size, true) : row));
  return spread(rows as Row[], slot, gap);
}

/** How much smaller a figure may be so that its share of capacity has room. */
const SMALLER = 0.75;

/**
 * How large the figure is: a state is worth more than large figures, which leave room for its words as long as they
 * stay larger than the name; for the share they give up a little.
 */
function sizeOf(of: TileOf, { width, height }: Slot, spent: number, states: (Row | null)[]): number {
  const { small, name } = of.type;
  const said = states.reduce((sum, row) => sum + (row ? row.height + small * 0.4 : 0), 0);
  const whole = countSize(of, width, height - spent);
  const beside = countSize(of, width, height - spent - said);
  const least = beside > name ? beside : whole;
  const shared = countSize(of, width, height - spent - said - shareRow(of).height - small * 0.4);
  return shared >= least * SMALLER ? shared : least;
}

const orNull = (row: Row | null | undefined): Row | null => row ?? null;

/** Head over both columns; what is counted to the left, places, trend and claps to the right. */
function wide(of: TileOf, slot: Slot): Mark[] {
  const gap = of.type.small * 0.36;
  const head = headRow(of);
  const top = head.height + gap;
  const below = { ...slot, y: slot.y + top, height: slot.height - top };
  const left = { ...below, width: slot.width * LEFT - of.type.pad * 1.5 };
  const right = { ...below, x: slot.x + slot.width * LEFT, width: slot.width * (1 - LEFT) };
  return [...head.draw({ ...slot, height: head.height }), ...counted(of, left, gap), ...drawn(of, right, gap)];
}

function counted(of: TileOf, slot: Slot, gap: number): Mark[] {
  const rest = [overRow(of), thinRow(of), deviationRow(of), shareRow(of)];
  const used = rest.reduce((sum, row) => sum + (row ? row.height + gap * 2 : 0), 0);
  const size = Math.max(
    countSize(of, slot.width, slot.height),
    Math.min(countSize(of, slot.width, slot.height - used, LARGER), of.type.count * LARGER),
  );
  const rows = [countRow(of, size), ...rest];
  return spread(take(rows, slot.height, gap), slot, gap);
}

function drawn(of: TileOf, slot: Slot, gap: number): Mark[] {
  const [claps, places, spark] = [clapsRow(of), placesRow(of, slot.width), sparkRow(of)];
  const taken = take([claps, places, spark], slot.height, gap);
  return spread(
    [places, spark, claps].filter((row): row is Row => row !== null && taken.includes(row)),
    slot,
    gap,
  );
}
