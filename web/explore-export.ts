import type { MenuItem } from './draw/explore/menu.ts';
import { frozen, pngOf, svgText } from './draw/explore/picture.ts';
import type { StageShown } from './draw/explore/stage.ts';
import { tableOf } from './draw/explore/stage.ts';
import type { Toast } from './draw/explore/toast.ts';
import { type Pivot, Refused } from './read/pivot.ts';
import { toSearch } from './read/pivot-url.ts';
import { csvOf, matrixOf, tsvOf } from './view/explore/matrix.ts';

type Exporting = {
  document: Document;
  pivot: Pivot;
  toast: Toast;
  shown: StageShown;
  /** what is drawn now, in the page as long as nothing is awaited; null: nothing is */
  picture: () => SVGElement | null;
  title: string;
  caption: string;
};

const FILES = [
  ['CSV', 'text/csv', 'csv'],
  ['TSV', 'text/tab-separated-values', 'tsv'],
  ['XLSX', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['Parquet', 'application/vnd.apache.parquet', 'parquet'],
  ['Arrow', 'application/vnd.apache.arrow.stream', 'arrow'],
  ['JSON', 'application/json', 'json'],
] as const;

/** What can be taken along: the screen as text or picture, the question's answer as a file. */
export function exportItems(of: Exporting): MenuItem[] {
  const { document, toast, shown } = of;
  const matrix = () => matrixOf({ ...tableOf(shown), measures: shown.held.measures }, shown.words);
  const copying = (text: () => string, name: string) =>
    copy(document, text(), toast, `${name} copied: what is on the screen, numbers unrounded.`);
  return [
    { head: 'Copy what is on the screen' },
    { label: 'Copy as CSV', run: () => copying(() => csvOf(matrix()), 'CSV') },
    { label: 'Copy as TSV', hint: 'for spreadsheets', run: () => copying(() => tsvOf(matrix()), 'TSV') },
    'line',
    { label: 'Picture', hint: 'PNG', run: () => savePng(of) },
    { label: 'Picture', hint: 'SVG', run: () => saveSvg(of) },
    'line',
    { head: 'The whole answer, totals included' },
    ...FILES.map(
      ([name, type, end]): MenuItem => ({ label: name, hint: `.${end}`, run: () => saveFile(of, type, end) }),
    ),
    'line',
    { label: 'Schedule this export…', run: () => schedule(of) },
  ];
}

/** Puts a text on the clipboard, and says so; without a clipboard it stands where the reader's own keys copy it. */
export async function copy(document: Document, text: string, toast: Toast, words: string): Promise<void> {
  const { clipboard } = document.defaultView!.navigator;
  try {
    if (!clipboard) throw new Error('no clipboard');
    await clipboard.writeText(text);
    toast.say(words);
  } catch {
    // No clipboard, or none for us.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    area.setAttribute('aria-label', 'Text to copy');
    document.body.append(area);
    area.select();
    area.addEventListener('blur', () => area.remove());
    toast.say('Selected: press Ctrl C to copy it.');
  }
}

/** The page of exports, with this question in its form. */
function schedule({ document, shown, title }: Exporting): void {
  const search = toSearch(shown.held.query);
  document.location.assign(`exports.html?form=new&name=${encodeURIComponent(title)}&${search}`);
}

async function savePng({ document, picture, title, caption, toast }: Exporting): Promise<void> {
  const drawn = picture();
  if (!drawn) return;
  try {
    save(document, await pngOf(frozen(drawn, title, caption)), `${nameOf(title)}.png`);
  } catch (error) {
    toast.say(
      `The browser drew no picture (${error instanceof Error ? error.message : error}). The SVG needs no drawing.`,
    );
  }
}

function saveSvg({ document, picture, title, caption }: Exporting): void {
  const drawn = picture();
  if (drawn)
    save(
      document,
      new Blob([svgText(frozen(drawn, title, caption))], { type: 'image/svg+xml' }),
      `${nameOf(title)}.svg`,
    );
}

async function saveFile({ document, pivot, shown, title, toast }: Exporting, type: string, end: string): Promise<void> {
  try {
    save(document, await pivot.file(shown.held.query, type), `${nameOf(title)}.${end}`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast.say(
      error.refusal.kind === 'wrong'
        ? error.refusal.title
        : 'The file did not come. Try again when the service answers.',
    );
  }
}

function save(document: Document, blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** When was the peak each day? → when-was-the-peak-each-day */
const nameOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '') || 'hallway';
