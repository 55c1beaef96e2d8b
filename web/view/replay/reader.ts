import { type LoadTold, load, type Reads, type Wanted } from './load.ts';

/** Reads one stretch at a time: what was being read is let go of when another is wanted. */
export function createReader(reads: Omit<Reads, 'pause'>, told: LoadTold): (wanted: Wanted) => void {
  const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
  let reading = new AbortController();
  return (wanted) => {
    reading.abort();
    reading = new AbortController();
    void load(wanted, { ...reads, pause }, told, reading.signal);
  };
}
