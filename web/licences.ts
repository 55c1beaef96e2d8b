import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Licences under which what is shipped may come: none asks anything of our own code. */
const COMPATIBLE = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
]);
const at = (path: string) => new URL(`../${path}`, import.meta.url);

/** names of packages → licences */
type Licences = Map<string, string>;
type Locked = { dev?: boolean; license?: string };

/** Each package that is shipped → its licence, as the lock file says. */
export function licences(): Licences {
  const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
  const named = shipped.map(
    ([path, { license }]) => [path.replace(/^.*node_modules\//, ''), license ?? 'unknown'] as const,
  );
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of a choice one is enough. */
export const isCompatible = (licence: string): boolean =>
  licence
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((one) => COMPATIBLE.has(one));

/** The page of the guide. */
export function page(found = licences()): string {
  const kinds = grouped(found);
  const rows = [...kinds]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([licence, packages]) => `| ${licence} | ${packages.length} | ${packages.map(([name]) => name).join(', ')} |`);
  return `# Licences

Hallway is under the MIT licence. What is shipped with it comes under the licences below, all of which let it be used and passed on
beside ours; Apache-2.0 and the BSD licences ask that their notices stay, which they do in \`node_modules\`. \`npm run licences\`
writes this page from the lock file, a test sees that it is up to date, and \`npm run -s sbom\` writes all of it with versions as CycloneDX.

| licence | packages | which |
|---|---|---|
${rows.join('\n')}
`;
}

function grouped(found: Licences): Map<string, [string, string][]> {
  const kinds = new Map<string, [string, string][]>();
  for (const one of found) kinds.set(one[1], [...(kinds.get(one[1]) ?? []), one]);
  return kinds;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(at('web/guide/licences.md'), page());
