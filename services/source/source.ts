import type { Batch, Receipt } from '../model/batch.ts';

/**
 * Where observations come from. Asking for the next batch means that the last one is safe; the store's receipt for
 * it comes with the question. A source acknowledges (an HTTP 200, a Kafka offset) on the far side of its own `yield`,
 * and lets go of what it holds in `finally`, which runs on a stop, an error and a `return()`.
 * When `signal` aborts, it yields nothing new and ends.
 */
export type Source = (signal: AbortSignal) => AsyncGenerator<Batch, void, Receipt>;
