import type { Kind, Observation } from '../model/observation.ts';
import type { Reason } from '../model/reject.ts';
import type { Context } from './context.ts';
import { FIELDS, NAMES } from './fields.ts';
import { splitHub } from './formats/hub.ts';
import { splitRaddec } from './formats/raddec.ts';
import { isObject, type Json } from './json.ts';
import { check, type Legible, type Outcome, type Sent } from './observation.ts';
import { type Known, redact } from './redact.ts';
import { show } from './show.ts';

/** What an item (a JSON object that came) holds: one observation, or one for each receiver. */
export type Split = {
  /** faults of the item as such: nothing of it can be used */
  reasons: Reason[];
  parts: Part[];
  /** names of fields that nothing is known about */
  unknown: string[];
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
  const split = isObject(item) ? (splitHub(item) ?? splitRaddec(item)) : undefined;
  if (split) readSplit(item, split, context, sink);
  else if (isObject(item)) readPlain(item, context, sink);
  else sink.refuse(redact(item, {}), [{ pointer: '', expected: 'an object', found: show(item) }]);
}

function readPlain(item: Json, context: Context, sink: Sink): void {
  const outcome = check({ fields: item }, context);
  const known = outcome.kind ? KNOWN[outcome.kind] : NAMES;
  for (const name of Object.keys(item)) if (!known.has(name)) sink.drop(name);
  if (outcome.observation) sink.accept(outcome.observation);
  else refuse(item, outcome.reasons, [outcome], sink);
}

const KNOWN: Record<Kind, ReadonlySet<string>> = {
  sighting: new Set(FIELDS.sighting.keys()),
  measurement: new Set(FIELDS.measurement.keys()),
  heartbeat: new Set(FIELDS.heartbeat.keys()),
};

function readSplit(item: unknown, { parts, reasons, unknown }: Split, context: Context, sink: Sink): void {
  const outcomes = parts.map((part) => check(part, context));
  for (const name of unknown) sink.drop(name);
  const faults = outcomes.map((outcome) => (outcome.observation ? [] : outcome.reasons));
  const isShared = parts.some(({ prefix }, index) => faults[index]?.some(({ pointer }) => !pointer.startsWith(prefix)));
  if (isShared || reasons.length > 0) refuse(item, unique([...reasons, ...faults.flat()]), outcomes, sink);
  else for (const [index, outcome] of outcomes.entries()) readPart(parts[index] as Part, outcome, sink);
}

function readPart(part: Part, outcome: Outcome, sink: Sink): void {
  if (outcome.observation) sink.accept(outcome.observation);
  else refuse(part.alone(), outcome.reasons, [outcome], sink);
}

function refuse(item: unknown, reasons: Reason[], outcomes: readonly Outcome[], sink: Sink): void {
  const legible = outcomes.flatMap((outcome) => (outcome.observation ? [] : outcome.legible));
  sink.refuse(
    redact(item, knownOf(legible)),
    reasons,
    legible.find(({ received }) => received !== undefined)?.received,
  );
}

/** What may be told of an item: gateways' and sensors' ids, unless a badge has the same; badges by their pseudonyms. */
export function knownOf(legible: readonly Legible[]): Known {
  const keep = new Set(legible.flatMap((of) => [...of.keep]));
  const badges = new Map<unknown, string>();
  for (const { badge } of legible) {
    if (!badge) continue;
    keep.delete(badge.id);
    badges.set(badge.sent, badge.pseudonym).set(badge.id, badge.pseudonym);
  }
  return { keep, badges };
}

function unique(reasons: Reason[]): Reason[] {
  return [...new Map(reasons.map((reason) => [`${reason.pointer} ${reason.expected}`, reason])).values()];
}
