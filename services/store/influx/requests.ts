import type { Line } from './send.ts';

/** Lines in a request at most: more are slower. */
const LINES_MAX = 5000;
/** Characters in a request at most: InfluxDB has no bound of its own, a body of 126 MB costs it 2.3 GB. */
const BODY_MAX = 2 ** 21;

/** Lines as requests, none with too many of them, none too long. */
export function requestsOf(lines: Line[]): Line[][] {
  const requests: Line[][] = [];
  let request: Line[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.text.length + 1;
    if (request.length === 0 || request.length >= LINES_MAX || length > BODY_MAX) {
      request = [];
      requests.push(request);
      length = line.text.length + 1;
    }
    request.push(line);
  }
  return requests;
}
