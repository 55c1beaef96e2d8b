import { readFileSync } from 'node:fs';

/** The text of a `.sql` file in the folder `sql/` beside a module: `sql(import.meta.url, 'schema')`. */
export const sql = (module: string, name: string): string => readFileSync(new URL(`sql/${name}.sql`, module), 'utf8');
