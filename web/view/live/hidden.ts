const KEY = 'hallway.demo.hidden';

/** Storage that may be switched off, full or not there: then nothing is remembered. */
type Storing = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const real: Storing = () => localStorage;

/** Which line was put away. */
export const readHidden = (storage: Storing = real): number | null =>
  attempt(() => {
    const text = storage().getItem(KEY);
    return text === null ? null : Number(text);
  });

export function keepHidden(from: number | null, storage: Storing = real): void {
  attempt(() => (from === null ? storage().removeItem(KEY) : storage().setItem(KEY, String(from))));
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
