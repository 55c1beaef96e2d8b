import type { DuckDBConnection } from '@duckdb/node-api';

/** The texts that repeat (gateways, badges, sensors …) and the codes that stand for them in the tables. */
export type Names = {
  code(text: string): number;
  /** Writes the names that came up since the last call, in the transaction of the rows that use them. */
  save(connection: DuckDBConnection): Promise<void>;
};

export async function loadNames(connection: DuckDBConnection): Promise<Names> {
  const codes = new Map<string, number>();
  for (const [code, text] of (await connection.runAndReadAll('SELECT code, text FROM name')).getRows())
    codes.set(text as string, code as number);
  let unsaved: string[] = [];
  const code = (text: string): number => {
    const known = codes.get(text);
    if (known !== undefined) return known;
    codes.set(text, codes.size);
    unsaved.push(text);
    return codes.size - 1;
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
