import { number, THIN } from '../model/number.ts';
import { wordsOf } from '../model/windows.ts';
import type { Digest, Message, Parcel } from './parcel.ts';

/** What a mail says, twice: for people with pictures, and for everybody. */
export type Letter = { subject: string; text: string; html: string };

/** Changes of gateways that a mail names; the manifest has all. */
const CHANGES_MAX = 10;

/** What a mail says of a revision. */
export function letterOf(
  { manifest, links, words }: Pick<Parcel, 'manifest' | 'links' | 'words'>,
  { isAttached, digest }: { isAttached: boolean; digest: Digest },
): Letter {
  const {
    name,
    from,
    until,
    zone,
    revision,
    rows,
    files,
    changed,
    covered,
    asSeen,
    unlooked = [],
    changes = [],
    holds,
    totals,
  } = manifest;
  // Records have as many as rows.
  const sums =
    holds === 'cells'
      ? Object.entries(totals).map(([measure, value]) => totalOf(words.measure(measure), measure, value, words))
      : [];
  const subject = `${name}, until ${wordsOf(Date.parse(until), zone)}${revision > 1 ? `, revision ${revision}` : ''}`;
  const facts: [string, string][] = [
    ['Window', `${wordsOf(Date.parse(from), zone)} to ${wordsOf(Date.parse(until), zone)} (${zone})`],
    ...(rows === 0 && unlooked.length > 0 ? [] : ([['Rows', number(rows)]] as [string, string][])),
    ...(sums.length > 0 ? ([['In all', sums.join(', ')]] as [string, string][]) : []),
    ...(unlooked.length > 0 ? ([['Not looked at yet', unlooked.join(', ')]] as [string, string][]) : []),
    ['Revision', changed ? `${revision}: ${changed}` : String(revision)],
    ['Read', asSeen === null ? 'as stored' : asSeen ? 'as seen, not yet corrected' : 'corrected'],
    ...(covered === null
      ? []
      : ([['Heard well', `${number(covered * 100)}${THIN}% of the time`]] as [string, string][])),
    ...changes
      .slice(0, CHANGES_MAX)
      .map(({ time, sentence }): [string, string] => ['Changed', `${sentence}, ${wordsOf(time, zone)}`]),
  ];
  const where = isAttached ? 'The files are attached.' : 'The files are too large for a mail.';
  const listed = files.map(({ name, bytes, sha256 }) => ({ name, size: sized(bytes), sha256, url: links?.file(name) }));
  const largest = digest ? titleOf(digest) : '';
  const text = [
    subject,
    '',
    ...facts.map(([what, value]) => `${what}: ${value}`),
    ...(digest ? ['', `${largest}:`, ...digest.bars.map(({ label, words }) => `  ${label}: ${words}`)] : []),
    '',
    where,
    ...listed.map(({ name, size, sha256, url }) => `  ${name}, ${size}, SHA-256 ${sha256}${url ? `\n  ${url}` : ''}`),
    ...(links ? ['', `This window: ${links.page}`] : []),
  ].join('\n');
  const html = page(
    subject,
    tableOf(facts.map(([what, value]) => [escaped(what), escaped(value)])),
    digest
      ? `<p><img src="cid:largest" width="600" style="max-width:100%;height:auto" alt="${escaped(altOf(digest, largest))}"></p>`
      : '',
    `<p>${where}</p>`,
    tableOf(listed.map((file) => [linked(file.name, file.url), file.size])),
    links ? `<p>${linked('This window in Hallway', links.page)}</p>` : '',
  );
  return { subject, text, html };
}

/** Peak occupancy 31 badges; 12 claps, which say what they are. */
function totalOf(label: string, measure: string, value: number | null, words: Parcel['words']): string {
  const said = value === null ? 'unknown' : words.whole(measure, value);
  return said.endsWith(`${THIN}${label.toLowerCase()}`) ? said : `${label} ${said}`;
}

/** What a mail says that has no files. */
export function messageLetter({ subject, lines, page: address }: Message): Letter {
  const text = [subject, '', ...lines, ...(address ? ['', address] : [])].join('\n');
  const link = address ? `<p>${linked('Scheduled exports in Hallway', address)}</p>` : '';
  return { subject, text, html: page(subject, ...lines.map((line) => `<p>${escaped(line)}</p>`), link) };
}

const page = (title: string, ...parts: string[]): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><body style="${FONT}"><h1 style="font-size:18px">${escaped(title)}</h1>${parts.join('')}</body></html>`;
const FONT = 'font:14px/1.5 system-ui,sans-serif;color:#1b1f24;max-width:640px';

const tableOf = (rows: string[][]): string =>
  `<table style="border-collapse:collapse">${rows.map(rowOf).join('')}</table>`;
const rowOf = (cells: string[]): string =>
  `<tr>${cells.map((cell) => `<td style="padding:2px 16px 2px 0;vertical-align:top">${cell}</td>`).join('')}</tr>`;

const linked = (words: string, url: string | undefined): string =>
  url ? `<a href="${escaped(url)}">${escaped(words)}</a>` : escaped(words);

/** What bars are of: the measure, and by which fields they are told apart. */
export const titleOf = ({ measure, by, of }: Pick<NonNullable<Digest>, 'measure' | 'by' | 'of'>): string =>
  `${measure}${by.length > 0 ? ` by ${by.join(' and ').toLowerCase()}` : ''}: the largest of ${number(of)} rows`;

const altOf = ({ bars }: NonNullable<Digest>, title: string): string =>
  `${title}: ${bars.map(({ label, words }) => `${label} ${words}`).join(', ')}`;

/** Text as HTML that says just that. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

const sized = (bytes: number): string => {
  const step = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : bytes < 1e9 ? 2 : 3;
  return `${Number((bytes / 1000 ** step).toPrecision(3))}${THIN}${['B', 'kB', 'MB', 'GB'][step]}`;
};
