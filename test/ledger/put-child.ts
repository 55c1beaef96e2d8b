import { fileLedger } from '../../services/ledger/file.ts';

/** Races for the versions of a key: `FILE NAME COUNT`; says which it won. */
const [file, name, count] = process.argv.slice(2) as [string, string, string];
const ledger = await fileLedger(file);
process.stdout.write('ready\n');
const won: number[] = [];
for (let version = 1; version <= Number(count); version++)
  if (await ledger.put('race', version, { name, pad: 'x'.repeat(version % 3000) })) won.push(version);
process.stdout.write(`${JSON.stringify(won)}\n`);
