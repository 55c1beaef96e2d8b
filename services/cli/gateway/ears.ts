/** Times of notices that are remembered: what comes again after so many others would be told again. */
const REMEMBERED = 10_000;

/** What a gateway makes of what it is told. */
export type Ears = {
  /** A bulletin as it came → what to acknowledge; null: it cannot be read. */
  hear(payload: string): string | null;
};

type Told = { notices?: { id?: unknown; turn?: unknown }[]; badge?: unknown };

/** Gives each time of each notice to `tell` once, however often it comes, with what badges are to hear. */
export function createEars(tell: (told: object) => void): Ears {
  const known = new Set<string>();
  return {
    hear(payload) {
      const told = bulletinIn(payload);
      if (!told) return null;
      const own = told.notices.filter(({ id, turn }) => !known.has(`${id}/${turn}`));
      for (const { id, turn } of own) known.add(`${id}/${turn}`);
      for (const oldest of known) {
        if (known.size <= REMEMBERED) break;
        known.delete(oldest);
      }
      for (const notice of own) tell({ notice });
      if (told.badge) tell({ badge: told.badge });
      return JSON.stringify({ notices: [...new Set(told.notices.map(({ id }) => id))] });
    },
  };
}

function bulletinIn(payload: string): { notices: { id: string; turn: number }[]; badge: unknown } | null {
  try {
    const { notices, badge = null } = JSON.parse(payload) as Told;
    if (!Array.isArray(notices)) return null;
    const isNotice = (one: unknown): one is { id: string; turn: number } =>
      typeof one === 'object' && one !== null && typeof (one as { id?: unknown }).id === 'string';
    return { notices: notices.filter(isNotice), badge };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
