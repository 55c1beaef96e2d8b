import assert from 'node:assert/strict';
import type { VerifyLine } from '../../services/model/verify-line.ts';

/** What `POST /v1/schedules/:id/verify` found, folder by folder; it came to its end. */
export async function verified(address: string, id: string): Promise<VerifyLine[]> {
  const reply = await fetch(`${address}/v1/schedules/${id}/verify`, { method: 'POST' });
  assert.match(reply.headers.get('content-type')!, /x-ndjson/);
  assert.equal(reply.headers.get('content-encoding'), null, 'a line is not held back to be packed');
  const lines = (await reply.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as VerifyLine);
  const found = lines.filter((line) => line.found);
  const [first, last] = [lines[0]!, lines.at(-1)!];
  assert.deepEqual([first.checked, first.of, last.checked, last.done], [0, found.length, found.length, true]);
  return found;
}
