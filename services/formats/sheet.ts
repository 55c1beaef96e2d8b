import { type ColumnType, isNumeric } from '../model/query.ts';
import { cellText } from './cell.ts';
import type { Row } from './format.ts';
import { FORMULA } from './formula.ts';

/** Characters of a cell at most (ECMA-376). */
const TEXT_MAX = 32_767;
const DAY_MS = 86_400_000;
/** Days from the epoch of spreadsheets to that of Unix; right from March 1900 on, when theirs had no 29 February too many. */
const EPOCH_DAYS = 25_569;
const DATE_MIN = Date.UTC(1900, 2, 1);
const DATE_MAX = Date.UTC(10_000, 0, 1);
const WIDTH: Record<ColumnType, number> = { text: 22, number: 14, integer: 14, boolean: 10, instant: 24, json: 30 };
/** Places in the table of styles. */
const STYLE = { date: 1, heading: 2, quoted: 3 };
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

type Named = [name: string, type: ColumnType][];

/** Up to its first row of values: a heading that stays in sight. */
export function headOf(named: Named): string {
  const widths = named.map(
    ([, type], i) => `<col min="${i + 1}" max="${i + 1}" width="${WIDTH[type]}" customWidth="1"/>`,
  );
  const heading = named.map(([name], i) => textCell(`${lettersOf(i)}1`, name, STYLE.heading)).join('');
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>';
  const views = `<sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews>`;
  const columns = named.length > 0 ? `<cols>${widths.join('')}</cols>` : '';
  return `${XML}<worksheet xmlns="${MAIN}">${views}${columns}<sheetData><row r="1">${heading}</row>`;
}

export const TAIL = '</sheetData></worksheet>';

/** A row of values at a line; what is unknown has no cell. */
export function lineOf(named: Named, row: Row, line: number): string {
  let cells = '';
  for (const [i, [name, type]] of named.entries()) cells += cellOf(row[name], type, name, `${lettersOf(i)}${line}`);
  return `<row r="${line}">${cells}</row>`;
}

function cellOf(value: unknown, type: ColumnType, name: string, at: string): string {
  if (value === null || value === undefined) return '';
  if (isNumeric(type) && Number.isFinite(value)) return `<c r="${at}"><v>${value}</v></c>`;
  if (type === 'boolean') return `<c r="${at}" t="b"><v>${value === true ? 1 : 0}</v></c>`;
  if (type === 'instant' && (value as number) >= DATE_MIN && (value as number) < DATE_MAX)
    return `<c r="${at}" s="${STYLE.date}"><v>${(value as number) / DAY_MS + EPOCH_DAYS}</v></c>`;
  const text = cellText(value, type);
  if (text.length > TEXT_MAX)
    throw new Error(
      `expected texts of ${TEXT_MAX} characters at most, as a cell of XLSX has, found ${text.length} in ${name}: another format has room`,
    );
  // A quoted cell stays a text when somebody edits it.
  return textCell(at, text, FORMULA.test(text) ? STYLE.quoted : 0);
}

const textCell = (at: string, text: string, style: number): string =>
  `<c r="${at}"${style === 0 ? '' : ` s="${style}"`} t="inlineStr"><is><t xml:space="preserve">${escaped(text)}</t></is></c>`;

// What XML cannot hold is _xHHHH_ (ECMA-376, ST_Xstring), and what looks like that has its first _ written so.
const UNWRITABLE = /[^\P{Cc}\t\n]|[\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)/gu;
const MARKUP: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string =>
  text
    .replace(UNWRITABLE, (one) => `_x${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>]/g, (one) => MARKUP[one]!);

/** 0 → A, 26 → AA */
const letters: string[] = [];
function lettersOf(column: number): string {
  const known = letters[column];
  if (known !== undefined) return known;
  const before = column < 26 ? '' : lettersOf(Math.floor(column / 26) - 1);
  letters[column] = before + String.fromCharCode(65 + (column % 26));
  return letters[column];
}

const each = (sheets: number, make: (number: number) => string): string =>
  Array.from({ length: sheets }, (_, i) => make(i + 1)).join('');

export const workbookOf = (sheets: number): string =>
  `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each(sheets, (n) => `<sheet name="Rows${n > 1 ? ` ${n}` : ''}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`;

export const relationsOf = (sheets: number): string =>
  `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each(sheets, (n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}<Relationship Id="rId${sheets + 1}" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`;

export const RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const PART = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
export const CONTENT_TYPES = (sheets: number): string =>
  `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${PART}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${PART}.styles+xml"/>${each(sheets, (n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${PART}.worksheet+xml"/>`)}</Types>`;

const font = (inner: string) => `<font>${inner}<sz val="11"/><name val="Calibri"/></font>`;
const style = (more: string) => `<xf fontId="0" fillId="0" borderId="0" xfId="0" ${more}/>`;
export const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/></numFmts><fonts count="2">${font('')}${font('<b/>')}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4">${style('numFmtId="0"')}${style('numFmtId="164" applyNumberFormat="1"')}<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>${style('numFmtId="0" quotePrefix="1"')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
