import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';

/** The runner's own closing lines: `tests 12`, `pass 12` … */
const CLOSING = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /;

/** Node's own report; before its closing lines, what was skipped and why. */
export default async function* report(source) {
  const skipped = [];
  const closing = [];
  async function* body() {
    for await (const event of source) {
      const { type, data } = event;
      if (type === 'test:pass' && data.skip) skipped.push(`${data.name}: ${data.skip}`);
      if (type === 'test:diagnostic' && data.nesting === 0 && CLOSING.test(data.message)) closing.push(data.message);
      else yield event;
    }
  }
  for await (const line of Readable.from(body()).compose(new spec())) yield String(line);
  yield skipped.length === 0 ? 'nothing was skipped\n' : `skipped:\n${skipped.map((line) => `  ${line}\n`).join('')}`;
  for (const line of closing) yield `ℹ ${line}\n`;
}
