import { THIN } from './draw/number.ts';
import { type Ask, NoAnswer } from './read/ask.ts';
import { readDemo } from './read/demo.ts';

/** A heading, what is so, and where to go from there. */
export type Saying = [heading: string, words: string, next?: { href: string; words: string }];

const LOOK_MS = 1000;

export const NOTHING: Saying = [
  'Nothing to replay yet',
  'Here each moment that the live page has shown can be looked at again. None was shown so far: it begins with rooms that have names, and gateways that send.',
  { href: 'in.html?send=open', words: 'How to send and name rooms' },
];

/** Resolves when no past of a simulated event is being laid, and says so until then. */
export async function untilLaid(ask: Ask, say: (...saying: Saying) => void): Promise<void> {
  for (;;) {
    const demo = await laying(ask);
    if (demo === null) return;
    const share = `${Math.floor(100 * demo.share)}${THIN}%`;
    say(
      'The past is being laid',
      `Simulated: of the two and a half days before ${share} are there. Then they can be replayed.`,
    );
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

/** Who reads what has been laid finds out by itself that nobody answers. */
async function laying(ask: Ask) {
  try {
    const { demo } = await readDemo(ask);
    return demo?.state === 'laying' && demo.problem === null ? demo : null;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return null;
  }
}
