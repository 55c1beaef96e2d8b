import type { State } from './member.ts';
import { Ended, type Held, type Waiting } from './waiting.ts';

/**
 * One commit for all partitions, of the offset behind the last safe message of each. What came by an older assignment is
 * left alone: the partition may be somebody else's. A commit that fails is kafkajs' affair, which joins or reads anew.
 */
export async function commit(state: State, safe: readonly Held[], waiting: Waiting): Promise<Held[]> {
  const isOurs = ({ part }: Held) => part.generation === state.generation && state.reading.has(part.partition);
  const ours = safe.filter(isOurs);
  for (const held of safe) if (!ours.includes(held)) held.fail(new Ended());
  try {
    if (ours.length > 0) await commitAll(state, ours);
  } catch (error) {
    // whoever has the partitions now reads from the last commit
    waiting.drop(error);
    for (const held of ours) held.fail(error);
    return [];
  }
  state.progress++;
  for (const { part } of ours) state.passed.set(part.partition, part.next);
  for (const held of ours) held.done();
  return ours;
}

/** What kafkajs is told is passed it fetches no more: only after the commit, else a commit that fails would never be made up for. */
async function commitAll({ topic, reading }: State, safe: readonly Held[]): Promise<void> {
  const next = new Map(safe.map(({ part }) => [part.partition, part.next]));
  const partitions = [...next].map(([partition, offset]) => ({ partition, offset: String(offset) }));
  const [payload] = reading.values();
  await payload!.commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
  for (const [partition, offset] of next) reading.get(partition)!.resolveOffset(String(offset - 1));
}
