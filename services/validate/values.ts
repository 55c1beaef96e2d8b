import { ID_PATTERN, Id } from '../model/fields.ts';
import { instantOfNumber, instantOfText, lacksZone } from './instant.ts';
import { normaliseId } from './mac.ts';
import { redact } from './redact.ts';
import { scrub } from './scrub.ts';

type Bounds = { minimum: number; maximum: number; scale: number };

/** How one field is read: its stored form from what came, and words for what should have come. */
export type Field = {
  /** the stored form, or undefined where there is none; `keep` are ids that stay in text */
  read: (value: unknown, keep: ReadonlySet<string>) => number | string | boolean | undefined;
  /** what a CSV cell stands for, before `read` */
  fromText: (text: string) => unknown;
  expected: (value: unknown) => string;
  /** of a number with a scale */
  bounds?: Bounds;
};

/** The keywords of the model's schemas that say how a field is read. */
type Keywords = {
  minimum?: number;
  maximum?: number;
  scale?: number;
  unit?: string;
  type?: string;
  const?: string;
};
export type Shape = Keywords & {
  pattern?: string;
  maxLength?: number;
  description?: string;
  anyOf?: Shape[];
  format?: string;
};

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const numberFromText = (text: string): unknown => (NUMBER.test(text) ? Number(text) : text);
const same = (text: string): unknown => text;

export const timeField: Field = {
  read: (value) => {
    if (typeof value === 'string') return instantOfText(value);
    return typeof value === 'number' && Number.isFinite(value) ? instantOfNumber(value) : undefined;
  },
  fromText: numberFromText,
  expected: (value) =>
    typeof value === 'string' && lacksZone(value)
      ? 'a time with its zone (Z or +hh:mm)'
      : 'a time: a number of s or ms since 1970, or RFC 3339 text',
};

export const booleanField: Field = {
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  expected: () => 'true or false',
};

export function numberField(schema: Shape): Field {
  const { minimum = -Infinity, maximum = Infinity, unit } = schema;
  const scale = schema.type === 'integer' ? 1 : schema.scale;
  const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
  const bounds = minimum === -Infinity ? '' : ` from ${minus(minimum)} to ${minus(maximum)}`;
  const words = `${kind}${unit ? ` of ${unit}` : ''}${bounds}`;
  return {
    read: (value) => {
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      const stored = scale === undefined ? value + 0 : toScale(value, scale);
      return stored >= minimum && stored <= maximum ? stored : undefined;
    },
    fromText: numberFromText,
    expected: () => words,
    ...(scale === undefined ? {} : { bounds: { minimum, maximum, scale } }),
  };
}

/** The nearest whole step of 1 / scale, halves upwards; never −0. */
export function toScale(value: number, scale: number): number {
  return Math.round(value * scale) / scale + 0;
}

const minus = (number: number): string => String(number).replace('-', '−');

const ID = new RegExp(ID_PATTERN);
export const idField: Field = {
  read: (value) => (typeof value === 'string' && ID.test(value) ? normaliseId(value) : undefined),
  fromText: same,
  expected: (value) => {
    const why = typeof value === 'number' ? ' as text, since a number would lose leading zeros' : '';
    return `an id of ${(Id as Shape).description}${why}`;
  },
};

export function patternField(schema: Shape, name: string): Field {
  const pattern = new RegExp(schema.pattern ?? '');
  return {
    read: (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined),
    fromText: same,
    expected: () => `a ${name} like ${schema.description}`,
  };
}

/** Text for people, or an object that is kept as its JSON; in both no MAC but those of `keep`. */
export function infoField(schema: Shape): Field {
  const max = schema.maxLength ?? Infinity;
  return {
    read: (value, keep) => {
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (typeof value !== 'string' && !isObject) return undefined;
      const text = typeof value === 'string' ? scrub(value, keep) : redact(value, { keep });
      return text.length <= max || [...text].length <= max ? text : undefined;
    },
    fromText: same,
    expected: () => `text of at most ${max} characters, or an object whose JSON is not longer`,
  };
}

export function choiceField(choices: string[]): Field {
  return {
    read: (value) => choices.find((choice) => choice === value),
    fromText: same,
    expected: () => choices.join(' or '),
  };
}
