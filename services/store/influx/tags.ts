/**
 * What was decided about tags, in order. `badges` have one from now on, for what happened at or after `since` (UTC ms). Or: new badges
 * get one for what happens at or after `from`; null: none does.
 */
export type Decision = { badges: string[]; since: number } | { from: number | null };

/** Where decisions are kept for all who write to a bucket: they are numbered from 1, and of two of one number the first wins. */
export type Decisions = {
  /** Those after the first `count`, in order. */
  after(count: number): Promise<Decision[]>;
  /** Resolves to whether it is the first of its number. */
  put(number: number, decision: Decision): Promise<boolean>;
};

/** Decisions of a process that writes alone and for a while: they end with it. */
export function ownDecisions(): Decisions {
  const all: Decision[] = [];
  return {
    after: async (count) => all.slice(count),
    async put(number, decision) {
      if (number !== all.length + 1) return false;
      all.push(decision);
      return true;
    },
  };
}

/** Which badges have a tag, by all decisions that were read. The same content always gets the same answer. */
export type Tags = {
  /** whether what a badge did at an instant (UTC ms) goes under its own tag */
  isOwn(badge: string, time: number): boolean;
  isKnown(badge: string): boolean;
  /** from which `time` on badges that come anew get a tag; null: they get none */
  from(): number | null;
  /** Reads what others decided. */
  look(): Promise<void>;
  /** Gives badges a tag since an instant; false: another decision came before, and was read. */
  give(badges: readonly string[], since: number): Promise<boolean>;
  /** Says from when on badges that come anew get a tag; false as above. */
  open(from: number | null): Promise<boolean>;
};

/** Badges in a decision: with ids of 64 characters it stays below what an entry of the ledger may have. */
const BADGES_MAX = 900;

export function createTags({ after, put }: Decisions): Tags {
  const since = new Map<string, number>();
  let from: number | null = 0;
  let count = 0;
  const look = async () => {
    for (const decision of await after(count)) {
      count += 1;
      if ('from' in decision) from = decision.from;
      else for (const badge of decision.badges) if (!since.has(badge)) since.set(badge, decision.since);
    }
  };
  const decide = async (decision: Decision): Promise<boolean> => {
    const isFirst = await put(count + 1, decision);
    await look();
    return isFirst;
  };
  return {
    isOwn: (badge, time) => time >= (since.get(badge) ?? Number.POSITIVE_INFINITY),
    isKnown: (badge) => since.has(badge),
    from: () => from,
    look,
    async give(badges, at) {
      for (let i = 0; i < badges.length; i += BADGES_MAX)
        if (!(await decide({ badges: badges.slice(i, i + BADGES_MAX), since: at }))) return false;
      return true;
    },
    open: (at) => decide({ from: at }),
  };
}
