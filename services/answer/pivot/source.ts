import type { OwnMeasure } from '../../model/pivot.ts';
import type { ColumnType } from '../../model/query.ts';
import type { Venue } from '../../model/venue.ts';
import type { Part } from './measures.ts';

/** A field of a dataset: what it is, and the SQL of the key by which its records are grouped. */
export type Field = {
  label: string;
  type: ColumnType;
  unit?: string;
  /** small integers where texts are codes */
  key: string;
  /** the table that has the text of a code */
  words?: 'name';
  /** whole steps of the key that are one of the unit: numbers that are kept as integers */
  scale?: number;
  /** joins that it needs, by name */
  needs?: string[];
  /** it is what of a record lies in the cell: a measure alone */
  isCut?: boolean;
  /** the field of which a filter has to let through one value alone: values of others are of another kind */
  oneOf?: string;
  /** how many values it has at most */
  most?: (venue: Venue) => number;
};

/** Where the records of a dataset are read: fragments of ours, which a question puts together. */
export type Source = {
  /** of the table that has the records, called o */
  from: string;
  /** in this order; each may need others; `holds`: the condition of one whose rows do not hold at all times */
  joins: Record<string, { sql: string; holds?: string; needs?: string[] }>;
  fields: Record<string, Field>;
  /** SQL of a record's instant, UTC ms */
  time: string;
  /** SQL of a whole number (UBIGINT) that no two records of one instant share */
  unique: string;
  /** SQL of a record's room, by which its session is found, and the joins it needs */
  room: { sql: string; needs: string[] };
  /** condition that a record's time lies in $from..$until (UTC µs) */
  within: string;
  /** what the answer says it was read from */
  readFrom: string;
  /** SQL of from when until when there is anything (`first`, `last`), so that bins are made for no more */
  extent?: string;
  /** records last: one is in every bin that it touches, cut by it */
  overlap?: boolean;
  /** measures of the domain */
  own: Partial<Record<OwnMeasure, { label: string; type?: 'integer'; parts: Part[]; sql: string }>>;
  /** what a record is, in words */
  record: string;
};

/** Groups of badges at most: those of the lists, that of badges in none, and none at all. */
export const groupsMost = ({ members = [] }: Venue): number => new Set(members.map(({ group }) => group)).size + 2;

/** What the venue says of a record's room. What badges feel is some degrees above what a sensor says: the two are not compared. */
export const OF_ROOMS: Record<'floor' | 'thermometer', Field> = {
  floor: { label: 'Floor', type: 'text', key: 'f.floor', needs: ['storey'], most: ({ rooms }) => rooms.length + 1 },
  thermometer: {
    label: 'Thermometer of the room',
    type: 'text',
    key: 'f.thermometer',
    needs: ['storey'],
    most: () => 3,
  },
};
