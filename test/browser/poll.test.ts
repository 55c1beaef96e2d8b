import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { NoAnswer } from '../../web/read/ask.ts';
import { type Pace, poll } from '../../web/read/poll.ts';

/** A document of which only its visibility is looked at. */
class Watched extends EventTarget {
  hidden = false;
  show(isShown: boolean) {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** Polls answers (an error is no answer) and writes down what is told; the last answer is given for ever. */
function watch(context: TestContext, answers: (string | Error)[], pace?: Pace) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const document = new Watched();
  const told: string[] = [];
  const question = async () => {
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ended = poll(
    question,
    {
      asking: () => void told.push('?'),
      answered: (value) => void told.push(value),
      failed: (pauseMs) => void told.push(`${pauseMs / 1000} s`),
    },
    document as unknown as Document,
    pace,
  );
  const pass = async (ms: number) => {
    await turn();
    context.mock.timers.tick(ms);
    await turn();
    return told.splice(0).join(' ');
  };
  return { document, pass, ended };
}

describe('poll', () => {
  it('asks every 2 s, pauses longer and longer while nobody answers, and is as quick again after', async (context) => {
    const gone = new NoAnswer('gone');
    const { pass } = watch(context, ['a', gone, gone, gone, gone, 'b']);
    assert.equal(await pass(1999), '? a');
    assert.equal(await pass(1), '? 2 s');
    assert.equal(await pass(2000), '? 4 s');
    assert.equal(await pass(4000), '? 8 s');
    assert.equal(await pass(7999), '');
    assert.equal(await pass(1), '? 8 s');
    assert.equal(await pass(8000), '? b');
    assert.equal(await pass(2000), '? b');
  });

  it('asks seldom while the tab is hidden, and at once when it is seen again', async (context) => {
    const { document, pass } = watch(context, ['a']);
    document.hidden = true;
    assert.equal(await pass(14_999), '? a');
    assert.equal(await pass(1), '? a');
    assert.equal(await pass(5000), '');
    document.show(true);
    assert.equal(await pass(0), '? a');
    assert.equal(await pass(2000), '? a');
  });

  it('asks at the pace it is told, and at once when the bell rings, even while it was asking', async (context) => {
    const bell = new EventTarget();
    const ring = () => bell.dispatchEvent(new Event('ring'));
    const { pass } = watch(context, ['a'], { everyMs: () => 30_000, bell });
    assert.equal(await pass(29_999), '? a');
    assert.equal(await pass(1), '? a');
    ring();
    ring();
    assert.equal(await pass(0), '? a');
    ring();
    await Promise.resolve();
    ring();
    assert.equal(await pass(0), '? a ? a');
    assert.equal(await pass(29_999), '');
  });

  it('does not take a bug for an outage', async (context) => {
    const { ended } = watch(context, [new TypeError('not a function')]);
    await assert.rejects(ended, TypeError);
  });
});
