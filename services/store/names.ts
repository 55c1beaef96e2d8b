import type { DuckDBConnection } from '@duckdb/node-api';

/** The texts that repeat (gateways, badges, sensors …) and the codes that stand for them in the tables. */
export type Names = {
  code(text: string): number;
  /** Writes the names that came up since the last call, in the transaction of the rows that use them. */
  save(connection: DuckDBConnection): Promise<void>;
};

export async function loadNames(connection: DuckDBConnection): Promise<Names> {
  const codes = new Map<string, number>();
  // Names that were forgotten leave gaps, and their codes to nobody.
  let next = 0;
  for (const [code, text] of (await connection.runAndReadAll('SELECT code, text FROM name')).getRows()) {
    codes.set(text as string, code as number);
    next = Math.max(next, (code as number) + 1);
  }
  let unsaved: string[] = [];
  const code = (text: string): number => {
    const known = codes.get(text);
    if (known !== undefined) return known;
    codes.set(text, next);
    unsaved.push(text);
    return next++;
  };
  const save = async () => {
    if (unsaved.length === 0) return;
    const appender = await connection.createAppender('name');
    for (const text of unsaved) {
      appender.appendUInteger(codes.get(text)!);
      appender.appendVarchar(text);
      appender.endRow();
    }
    appender.closeSync();
    unsaved = [];
  };
  return { code, save };
}
