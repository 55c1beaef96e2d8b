import { instantsIn } from './draw/instant.ts';
import { type Loaded, MINUTE_MS } from './view/replay/load.ts';
import { loopWithin } from './view/replay/loop.ts';
import type { ReplayAddress } from './view/replay/state.ts';

/** What is shown instead of what is not there: the cursor, UTC ms, and what of the state goes; why, in words, '' where all is there. */
type Found = { at: number; patch: Partial<Pick<ReplayAddress, 'loop' | 'beside' | 'since'>>; words: string };

/** An instant (UTC ms) within what is known; what is outside is its first minute, or its last. */
export function within({ book, known }: Pick<Loaded, 'book' | 'known'>, at: number): number {
  return at < known ? Math.max(book.from, at) : Math.max(book.from, known - MINUTE_MS);
}

/**
 * Looks for what is asked for in what is known: the cursor `at` (UTC ms), and a loop; of a link (`search`, '' for none) also
 * its day beside and its event. What it means may be no instant and no day at all.
 */
export function find(wanted: ReplayAddress, at: number, search: string, loaded: Loaded): Found {
  const asked = new URLSearchParams(search);
  const shown = within(loaded, at);
  const days = loaded.stretches.flatMap((stretch) => stretch.days.map(({ day }) => day));
  const { dayBeside, day, minute } = instantsIn(loaded.venue.venue.zone);
  const said: string[] = [];
  const patch: Found['patch'] = {};
  if (asked.has('at') && (wanted.at === null || shown !== at)) {
    const moment = wanted.at === null ? asked.get('at')! : `${dayBeside(at, shown)} ${minute(at)}`;
    said.push(`Nothing is known of ${moment}: ${day(shown)} ${minute(shown)} is shown`);
  }
  const isLost = (name: 'beside' | 'since') => asked.has(name) && !days.includes(asked.get(name)!);
  if (isLost('since')) {
    said.push(`The event of ${asked.get('since')} is not known: another one is shown`);
    patch.since = null;
  }
  if (isLost('beside')) {
    said.push(`Nothing stands beside: ${asked.get('beside')} is not known`);
    patch.beside = null;
  }
  if (wanted.loop && !loopWithin(wanted.loop, loaded)) {
    said.push('The loop is off: it is of a time of which nothing is known here');
    patch.loop = null;
  }
  return { at: shown, patch, words: said.join('. ') };
}
