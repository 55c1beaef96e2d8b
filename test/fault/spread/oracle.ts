/** What went in and what came out, as lists: a thing that is there twice is listed twice. */
export type Evidence = {
  /** contents of the observations that were sent, each once */
  sent: string[];
  stored: string[];
  /** what was refused, message by message, by its mark; `held` from Kafka as it lies there */
  refused: { held: string[]; stored: string[]; letters: string[] };
  /** contents of observations that the store would not have */
  deadContents: string[];
};

export type Judgement = {
  sent: number;
  stored: number;
  dead: number;
  lost: string[];
  doubled: string[];
  foreign: string[];
};

/** The multiset of what was sent has to be that of what is stored or a dead letter. */
export function judge({ sent, stored, refused, deadContents }: Evidence): Judgement {
  const observations = compare(sent, [...stored, ...deadContents]);
  const rejects = compare(refused.held, refused.stored);
  const letters = compare(refused.held, refused.letters);
  const all = [observations, rejects, letters];
  return {
    sent: sent.length + refused.held.length,
    stored: stored.length + refused.stored.length,
    dead: refused.letters.length + deadContents.length,
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    foreign: all.flatMap(({ foreign }) => foreign),
  };
}

/** What is missing, what is there too often, and what nobody sent. */
function compare(expected: readonly string[], found: readonly string[]) {
  const known = new Set(expected);
  const times = new Map<string, number>();
  for (const one of found) times.set(one, (times.get(one) ?? 0) + 1);
  return {
    lost: [...known].filter((one) => !times.has(one)),
    doubled: [...times].filter(([one, count]) => known.has(one) && count > 1).map(([one]) => one),
    foreign: [...times.keys()].filter((one) => !known.has(one)),
  };
}
