/** An answer that comes a line at a time, as NDJSON. */
export async function* asLines(lines: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}
