/** How long an answer may take before the service counts as gone, ms. */
const PATIENCE_MS = 10_000;

/** The service did not answer, or not as the service does. It is worth asking again. */
export class NoAnswer extends Error {}

/** What came back, and the service's own clock when it did (UTC ms, whole seconds; null if it did not say). */
type Answered<T> = { body: T; clock: number | null };

export type Ask = <T>(path: string, also?: number[]) => Promise<Answered<T>>;

/**
 * Asks our own origin for JSON. `also` are statuses other than 2xx whose body is an answer too. Throws `NoAnswer`
 * for everything that keeps an answer away. When a session has ended (`ended`) the page begins anew, and asks for the token.
 */
export function createAsk(base: string, get: typeof fetch = fetch, ended = () => location.reload()): Ask {
  return async <T>(path: string, also: number[] = []) => {
    try {
      const reply = await get(new URL(path, base), {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (reply.status === 401) ended();
      if (!reply.ok && !also.includes(reply.status)) throw new Error(`${path} answered ${reply.status}`);
      const date = Date.parse(reply.headers.get('date') ?? '');
      return { body: (await reply.json()) as T, clock: Number.isNaN(date) ? null : date };
    } catch (error) {
      throw new NoAnswer(`no answer to ${path}`, { cause: error });
    }
  };
}
