import Type, { type Static } from 'typebox';
import { DESTINATION_NAME } from './destination.ts';
import { Id, Maybe, Time } from './fields.ts';
import { PivotQuery } from './pivot.ts';
import { SCOPES, type Scope } from './scope.ts';

/** What a schedule may be called in a path: never a dot alone, nor one that hides it. */
export const SCHEDULE_ID = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';

/** A line that somebody reads: something is in it, and nothing that breaks it, or turns it round. */
const NAME = '^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]*$';

/** What a file of an export may be. */
const FILE_FORMATS = ['csv', 'tsv', 'parquet', 'arrow', 'json', 'ndjson', 'xlsx'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** Texts that a spreadsheet would run as a formula are guarded (`spreadsheet`), or every text is byte-exact (`data`). */
const PROFILES = ['spreadsheet', 'data'] as const;

/** What files hold: the cells of the pivot, or every record that they are made of. */
const HOLDINGS = ['cells', 'records'] as const;
export type Holding = (typeof HOLDINGS)[number];
const Holds = Type.Unsafe<Holding>({ type: 'string', enum: [...HOLDINGS] });

/** What is asked for a window: its span is that of the query. It is answered as to whoever made the schedule. */
export const Asked = Type.Object({
  query: PivotQuery,
  holds: Holds,
  scope: Type.Unsafe<Scope>({ type: 'string', enum: [...SCOPES] }),
});
export type Asked = Static<typeof Asked>;

/** A file of rows in a folder aside, below the copies of a house: nothing in it leads out of there. */
export const ASIDE_FILE =
  '^export\\+[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\+[0-9]{1,15}\\+[0-9]{1,9}/\\.?[A-Za-z0-9][A-Za-z0-9._+-]{0,119}$';

/** How long a window may be said to last. */
export const LASTING = 'a length like 24h, 90m or 7d';
/** The same in an address, where nothing is from run to run. */
export const LASTING_OR_NONE = '^([1-9][0-9]{0,4}[mhd])?$';

const Kept = Type.Object(
  {
    days: Maybe(Type.Integer({ minimum: 1, maximum: 36_500 })),
    revisions: Maybe(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  { additionalProperties: false, description: 'days and revisions, both named, null for all' },
);

/**
 * A question that is asked again and again, each time of one window, whose answer becomes files. The windows are those
 * between the runs of `cron` in `zone`; with `lasting` each has that length and ends at its run.
 */
export const GivenSchedule = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 80, pattern: NAME, description: 'a name of one line' }),
    /** its span is that of each window */
    query: PivotQuery,
    cron: Type.String({ maxLength: 100, description: 'minute hour day month weekday' }),
    zone: Type.Optional(Type.String({ maxLength: 64, description: 'IANA; that of the venue if not given' })),
    lasting: Type.Optional(Maybe(Type.String({ pattern: '^[1-9][0-9]{0,4}[mhd]$', description: LASTING }))),
    formats: Type.Array(Type.Unsafe<FileFormat>({ type: 'string', enum: [...FILE_FORMATS] }), {
      minItems: 1,
      maxItems: FILE_FORMATS.length,
      uniqueItems: true,
    }),
    holds: Type.Optional(Holds),
    /** what files are called: see `namesOf` */
    template: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    profile: Type.Optional(Type.Unsafe<(typeof PROFILES)[number]>({ type: 'string', enum: [...PROFILES] })),
    /** the first window begins no earlier, UTC ms; if not given it is the one that is under way */
    since: Type.Optional(Time),
    paused: Type.Optional(Type.Boolean()),
    /** names of those to which each revision is sent, beside the folder */
    destinations: Type.Optional(
      Type.Array(Type.String({ pattern: DESTINATION_NAME }), { maxItems: 20, uniqueItems: true }),
    ),
    /** how long files are kept, in days since they were published, and how many revisions; null: all, for ever */
    keep: Type.Optional(Maybe(Kept)),
  },
  { additionalProperties: false },
);
export type GivenSchedule = Static<typeof GivenSchedule>;

/** A schedule as it is kept: nothing is left to a default. `time`: when it was said last, UTC ms. */
export type Schedule = Omit<Required<GivenSchedule>, 'lasting'> & {
  id: string;
  lasting: string | null;
  time: number;
  /** of whoever made it, or changed it last: its runs see no more */
  scope: Scope;
};

/** What a schedule says that leaves it open. */
export const USUAL: Pick<
  Schedule,
  'holds' | 'template' | 'profile' | 'lasting' | 'paused' | 'destinations' | 'keep' | 'scope'
> = {
  holds: 'cells',
  template: '{schedule}.{format}',
  profile: 'spreadsheet',
  lasting: null,
  paused: false,
  destinations: [],
  keep: null,
  scope: 'admin',
};

/** A file of an export, as its manifest names it. */
export const ExportFile = Type.Object({
  name: Type.String(),
  format: Type.Unsafe<FileFormat>({ type: 'string', enum: [...FILE_FORMATS] }),
  bytes: Type.Integer(),
  sha256: Type.String(),
});
export type ExportFile = Static<typeof ExportFile>;

/** What a file was when it was written. */
export const Seal = Type.Object({ bytes: Type.Integer(), sha256: Type.String() });
export type Seal = Static<typeof Seal>;

/** What the rows of a file add up to: how many, and of each column of numbers the sum, and that of its sizes; null: rows alone. */
export type Added = { rows: number; sums: Record<string, { sum: number; size: number }> | null };

/** What was published for a window: one revision, never edited. */
export const Published = Type.Object({
  revision: Type.Integer({ minimum: 1 }),
  /** below the folder of exports */
  folder: Type.String(),
  files: Type.Array(ExportFile),
  /** of its manifest.json, which cannot vouch for itself; what was published before this was kept has none */
  manifest: Type.Optional(Seal),
  rows: Type.Integer(),
  /** what it was read from: a later one of these makes the window due again */
  read: Type.Array(
    Type.Object({
      dataset: Type.String(),
      day: Type.String(),
      revisions: Type.Array(Type.Integer(), { description: 'of that day, and of each after it' }),
    }),
  ),
  /** null: observations are read as they are stored, neither seen nor corrected */
  asSeen: Maybe(Type.Boolean()),
  /** what changed since the revision before, in words */
  changed: Maybe(Type.String()),
  /** days of which a job had made nothing yet: nobody had looked, which is not that nothing was there */
  unlooked: Type.Optional(Type.Array(Type.String())),
  time: Time,
  /** names of the destinations that it is sent to */
  to: Type.Optional(Type.Array(Type.String())),
  /** when its files were removed, as the schedule says how long they are kept */
  gone: Type.Optional(Time),
});
export type Published = Static<typeof Published>;

/** Files of a window that are whole, aside: nothing but a rename is left to do. */
export const Sealed = Type.Object({ aside: Type.String(), published: Published });
export type Sealed = Static<typeof Sealed>;

/** Why a window that was published is asked again by itself: something newer than what it was made from. */
export const NEWER = ['late data', 'new venue', 'corrected', 'new baseline'] as const;
export type Newer = (typeof NEWER)[number];
/** Why a window is filled. */
export const REASONS = ['timetable', ...NEWER, 'backfill', 'asked'] as const;

/** The one row of a window; its versions in the ledger are what became of it. Times are UTC ms. */
export const WindowRow = Type.Object({
  schedule: Id,
  from: Time,
  until: Time,
  /** it is filled from this instant on */
  due: Time,
  state: Type.Unsafe<'planned' | 'running' | 'done' | 'failed'>({
    type: 'string',
    enum: ['planned', 'running', 'done', 'failed'],
  }),
  why: Type.Unsafe<(typeof REASONS)[number]>({ type: 'string', enum: [...REASONS] }),
  /** its timetable planned it, whatever it was filled for since; older rows do not say it */
  own: Type.Optional(Type.Boolean()),
  attempt: Type.Integer(),
  began: Maybe(Time),
  ended: Maybe(Time),
  error: Maybe(Type.String()),
  /** it failed and is tried again then; null: when somebody asks */
  retry: Maybe(Time),
  published: Maybe(Published),
  sealed: Type.Optional(Maybe(Sealed)),
});
export type WindowRow = Static<typeof WindowRow>;

/** What is known of a window that nobody has asked for, before it is filled. */
export const NEW_WINDOW = {
  ...{ state: 'planned', why: 'timetable', own: true, attempt: 1, began: null, ended: null, error: null, retry: null },
  published: null,
} as const satisfies Partial<WindowRow>;

/** Whether the timetable planned a window. Of an older row that somebody asked for it is taken to be so: it was there before. */
export const isOwn = ({ own, why }: Pick<WindowRow, 'own' | 'why'>): boolean => own ?? why !== 'backfill';

/** Whether somebody has asked for a window: a pause does not hold it up. */
export const isByHand = ({ why }: Pick<WindowRow, 'why'>): boolean => why === 'asked' || why === 'backfill';

/** Whether a window waits until its schedule goes on. */
export const rests = ({ paused }: Pick<Schedule, 'paused'>, row: WindowRow): boolean =>
  paused && !isByHand(row) && (row.state === 'planned' || (row.state === 'failed' && row.retry !== null));

/** When a window that failed is tried again, UTC ms; null: when somebody asks, or its schedule goes on. */
export const retryOf = (schedule: Pick<Schedule, 'paused'>, row: WindowRow): number | null =>
  rests(schedule, row) ? null : row.retry;
