import type { Observation } from '../model/observation.ts';
import type { Reason } from '../model/reject.ts';
import type { Context } from './context.ts';
import { splitHub } from './formats/hub.ts';
import { splitPlain } from './formats/plain.ts';
import { splitRaddec } from './formats/raddec.ts';
import { isObject } from './json.ts';
import { check, type Outcome, type Sent } from './observation.ts';
import { type Known, redact } from './redact.ts';
import { show } from './show.ts';

/** What an item (a JSON object that came) holds: one observation, or one for each receiver. */
export type Split = {
  /** faults of the item as such: nothing of it can be used */
  reasons: Reason[];
  parts: Part[];
  /** names of fields that nothing is known about, of those that this kind does not have */
  unknown: (outcomes: Outcome[]) => string[];
};

export type Part = Sent & {
  /** pointers that begin so are the part's own: its fault spoils no other part */
  prefix: string;
  /** the item with this part alone: what a reject of it shows */
  alone: () => unknown;
};

/** Where what was read goes. */
export type Sink = {
  accept: (observation: Observation) => void;
  refuse: (text: string, reasons: Reason[], received?: number) => void;
  drop: (name: string) => void;
};

/** Reads one JSON value: every observation in it is accepted or refused, each for itself. */
export function readItem(item: unknown, context: Context, sink: Sink): void {
  if (!isObject(item)) {
    sink.refuse(redact(item, {}), [{ pointer: '', expected: 'an object', found: show(item) }]);
    return;
  }
  const split = splitHub(item) ?? splitRaddec(item) ?? splitPlain(item);
  readSplit(item, split, context, sink);
}

function readSplit(item: unknown, split: Split, context: Context, sink: Sink): void {
  const outcomes = split.parts.map((part) => check(part, context));
  for (const name of split.unknown(outcomes)) sink.drop(name);
  const own = (index: number, { pointer }: Reason) => pointer.startsWith(split.parts[index]?.prefix ?? '');
  const isWhole = outcomes.some(({ reasons }, index) => reasons.some((reason) => !own(index, reason)));
  if (isWhole || split.reasons.length) {
    const reasons = [...split.reasons, ...outcomes.flatMap((outcome) => outcome.reasons)];
    refuse(item, unique(reasons), outcomes, sink);
    return;
  }
  for (const [index, outcome] of outcomes.entries())
    if (outcome.observation) sink.accept(outcome.observation);
    else refuse(split.parts[index]?.alone(), outcome.reasons, [outcome], sink);
}

function refuse(item: unknown, reasons: Reason[], outcomes: Outcome[], sink: Sink): void {
  const received = outcomes.find(({ legible }) => legible.received !== undefined)?.legible.received;
  sink.refuse(redact(item, knownOf(outcomes)), reasons, received);
}

/** What may be told of the item: gateways' and sensors' ids, unless a badge has the same; badges by their pseudonyms. */
export function knownOf(outcomes: readonly Outcome[]): Known {
  const keep = new Set(outcomes.flatMap(({ legible }) => [...legible.keep]));
  const badges = new Map<unknown, string>();
  for (const { legible } of outcomes) {
    if (!legible.badge) continue;
    const { sent, id, pseudonym } = legible.badge;
    keep.delete(id);
    badges.set(sent, pseudonym).set(id, pseudonym);
  }
  return { keep, badges };
}

function unique(reasons: Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.pointer} ${reason.expected}`, reason])).values()];
}
