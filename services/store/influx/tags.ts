/**
 * What was decided about the tags of a period, in order. `badges` have one from now on, for what happened at or after `since` (UTC ms).
 * Or: new badges get one for what happens at or after `from`; null: none does.
 */
export type Decision = { badges: string[]; since: number } | { from: number | null };

/** Where decisions are kept for all who write to a bucket: in each period numbered from 1, and of two of one number the first wins. */
export type Decisions = {
  /** How long a period is, ms: `keptMs` of when the bucket was first written to; Infinity: for ever. */
  period(keptMs: number): Promise<number>;
  /** Those of a period after the first `count`, in order. */
  after(period: number, count: number): Promise<Decision[]>;
  /** Resolves to whether it is the first of its number. */
  put(period: number, number: number, decision: Decision): Promise<boolean>;
};

/** Decisions of a process that writes alone and for a while: they end with it. */
export function ownDecisions(): Decisions {
  const all = new Map<number, Decision[]>();
  return {
    period: async (keptMs) => keptMs,
    after: async (period, count) => (all.get(period) ?? []).slice(count),
    async put(period, number, decision) {
      const known = all.get(period) ?? [];
      if (number !== known.length + 1) return false;
      all.set(period, [...known, decision]);
      return true;
    },
  };
}

/** Which badges have a tag for what happens in a period, by all decisions that were read. The same content always gets the same answer. */
export type Tags = {
  /** whether what a badge did at an instant (UTC ms) goes under its own tag */
  isOwn(badge: string, time: number): boolean;
  isKnown(badge: string): boolean;
  /** whether nothing was decided yet */
  isEmpty(): boolean;
  /** from which `time` on badges that come anew get a tag; null: they get none */
  from(): number | null;
  /** Reads what others decided, if that was not done within a second. */
  look(): Promise<void>;
  /** Gives badges a tag since an instant; false: another decision came before, and was read. */
  give(badges: readonly string[], since: number): Promise<boolean>;
  /** Says from when on badges that come anew get a tag; false as above. */
  open(from: number | null): Promise<boolean>;
};

/** The tags of each period: a list begins with it, and is needed as long as the bucket keeps what happened in it. */
export type Periods = {
  /** of what happened at an instant, UTC ms */
  of(time: number): Tags;
  /** Lets go of periods that had ended by an instant, UTC ms. */
  forget(before: number): void;
};

/** A period is no shorter, ms: what a wrong clock says of years to come begins a list for each. */
const PERIOD_MIN_MS = 7 * 86_400_000;

export async function openPeriods(decisions: Decisions, keptMs: number, now: () => number): Promise<Periods> {
  const ms = await decisions.period(Math.max(keptMs, PERIOD_MIN_MS));
  const periods = new Map<number, Tags>();
  return {
    of(time) {
      const period = Math.floor(time / ms);
      const tags = periods.get(period) ?? createTags(decisions, period, now);
      periods.set(period, tags);
      return tags;
    },
    forget(before) {
      for (const period of periods.keys()) if ((period + 1) * ms <= before) periods.delete(period);
    },
  };
}

/** Badges in a decision: with ids of 64 characters it stays below what an entry of the ledger may have. */
const BADGES_MAX = 900;
/** How often it is looked what others decided, ms. */
const LOOK_MS = 1000;

function createTags({ after, put }: Decisions, period: number, now: () => number): Tags {
  const since = new Map<string, number>();
  let from: number | null = 0;
  let count = 0;
  let looked = Number.NEGATIVE_INFINITY;
  const look = async () => {
    for (const decision of await after(period, count)) {
      count += 1;
      if ('from' in decision) from = decision.from;
      else for (const badge of decision.badges) if (!since.has(badge)) since.set(badge, decision.since);
    }
    looked = now();
  };
  const decide = async (decision: Decision): Promise<boolean> => {
    const isFirst = await put(period, count + 1, decision);
    await look();
    return isFirst;
  };
  return {
    isOwn: (badge, time) => time >= (since.get(badge) ?? Number.POSITIVE_INFINITY),
    isKnown: (badge) => since.has(badge),
    isEmpty: () => count === 0,
    from: () => from,
    look: async () => (now() - looked < LOOK_MS ? undefined : look()),
    async give(badges, at) {
      for (let i = 0; i < badges.length; i += BADGES_MAX)
        if (!(await decide({ badges: badges.slice(i, i + BADGES_MAX), since: at }))) return false;
      return true;
    },
    open: (at) => decide({ from: at }),
  };
}
