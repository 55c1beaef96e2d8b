import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marked, type Tokens } from 'marked';
import type { Plugin } from 'vite';
import { HEAD, topOf } from './page.ts';

const FOLDER = join(import.meta.dirname, 'guide');

/** Which page stands under what, in the order in which they are read. One that is not named here stands at the end. */
const PARTS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Begin', ['start']],
  ['Look', ['replay', 'explore', 'exports', 'anomalies', 'gallery']],
  [
    'Run',
    ['panel', 'notices', 'rules', 'access', 'privacy', 'operate', 'mqtt', 'servers', 'jobs', 'recordings', 'licences'],
  ],
  ['Ask', ['pivot', 'revisions']],
  ['How good, how fast', ['numbers', 'one-number', 'truth', 'faults', 'servers-speed']],
  ['Change', ['inside']],
];
const MORE = 'More';

/** A page of the guide: its name without ending, its title, its first sentence, and what it says. */
type Page = { name: string; title: string; summary: string; part: string; text: string };

/** Markdown by names → the pages of the site by file names, each linked with all others. Throws where a link leads nowhere. */
export function guideSite(texts: ReadonlyMap<string, string>): Map<string, string> {
  const pages = inOrder([...texts].map(([name, text]) => pageOf(name, text)));
  const site = new Map(pages.map((page, i) => [`${page.name}.html`, htmlOf(page, pages, pages[i - 1], pages[i + 1])]));
  return site.set('index.html', indexOf(pages));
}

function pageOf(name: string, text: string): Page {
  const part = PARTS.find(([, names]) => names.includes(name))?.[0] ?? MORE;
  const [, title = name] = /^# (.+)$/m.exec(text) ?? [];
  const first = new Marked().lexer(text).find((token) => token.type === 'paragraph');
  const words = (first?.raw ?? '').replaceAll('\n', ' ').trim();
  const [sentence] = /^.+?[.!?:](?= |$)/.exec(words) ?? [words];
  const summary = sentence.replace(/:$/, '.');
  return { name, title, summary, part, text };
}

const ORDER = [...PARTS.flatMap(([, names]) => names)];
const placeOf = ({ name }: Page): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
const inOrder = (pages: Page[]): Page[] =>
  [...pages].sort((a, b) => placeOf(a) - placeOf(b) || (a.name < b.name ? -1 : 1));

/** What a heading is called in an address, as in the repository. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Where a link of a page leads on the site; the same file names it in the repository. */
function linkOf(href: string, page: Page, names: ReadonlySet<string>): string {
  if (/^https?:\/\//.test(href) || href.startsWith('#')) return href;
  if (/^pictures\/[\w.-]+$/.test(href)) return href;
  const [, name, anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (name && names.has(name)) return `${name}.html${anchor}`;
  throw new Error(
    `web/guide/${page.name}.md: expected a link to a page or a picture of the guide, or to https, found ${href}`,
  );
}

/** The text of a page. It is ours, so it may have HTML of its own; nothing of it runs under the pages' policy. */
function bodyOf(page: Page, names: ReadonlySet<string>): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        return `<h${depth} id="${escaped(anchorOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }: Tokens.Link) {
        return `<a href="${escaped(linkOf(href, page, names))}">${this.parser.parseInline(tokens)}</a>`;
      },
      image({ href, text }: Tokens.Image) {
        return `<img src="${escaped(href)}" alt="${escaped(text)}" loading="lazy">`;
      },
      code({ text }: Tokens.Code) {
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
      },
    },
    hooks: {
      // A wide table scrolls by itself, with the keyboard too.
      postprocess: (html) =>
        html.replaceAll('<table>', '<div class="wide" tabindex="0"><table>').replaceAll('</table>', '</table></div>'),
    },
  });
  return marked.parse(page.text, { async: false });
}

function contentsOf(pages: Page[], current: Page | null): string {
  const parts = [...new Set(pages.map(({ part }) => part))].map((part) => {
    const links = pages
      .filter((page) => page.part === part)
      .map(
        (page) =>
          `<li><a href="${page.name}.html"${page === current ? ' aria-current="page"' : ''}>${escaped(page.title)}</a></li>`,
      );
    return `<h2>${part}</h2><ul>${links.join('')}</ul>`;
  });
  return parts.join('\n');
}

const turn = (rel: string, word: string, page: Page | undefined): string =>
  page
    ? `<a rel="${rel}" href="${page.name}.html"><span class="muted">${word}</span> ${escaped(page.title)}</a>`
    : '<span></span>';

function htmlOf(page: Page, pages: Page[], before?: Page, after?: Page): string {
  const names = new Set(pages.map(({ name }) => name));
  return framed(
    page.title,
    `<details class="contents"><summary>Contents</summary><nav aria-label="Contents, folded">${contentsOf(pages, page)}</nav></details>
<nav class="contents side" aria-label="Contents">${contentsOf(pages, page)}</nav>
<main>${bodyOf(page, names)}<nav class="turn" aria-label="Before and after">${turn('prev', 'Before', before)}${turn('next', 'Next', after)}</nav></main>`,
  );
}

function indexOf(pages: Page[]): string {
  const parts = [...new Set(pages.map(({ part }) => part))].map((part) => {
    const rows = pages
      .filter((page) => page.part === part)
      .map((page) => `<dt><a href="${page.name}.html">${escaped(page.title)}</a></dt><dd>${plain(page.summary)}</dd>`);
    return `<section><h2>${part}</h2><dl>${rows.join('')}</dl></section>`;
  });
  return framed('Guide', `<main class="index"><h1>Guide</h1>${parts.join('\n')}</main>`);
}

/** A sentence without its links and emphasis. */
const plain = (markdown: string): string =>
  escaped(markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`]/g, ''));

function framed(title: string, inside: string): string {
  const head = HEAD.replace(/ *<link rel="stylesheet"[^>]*>\n?/g, '').replaceAll('"./', '"');
  return `<!doctype html>
<html lang="en">
<head>
    ${head}
    <title>${escaped(title)} · Hallway</title>
    <link rel="stylesheet" href="guide.css">
    <script src="theme.js"></script>
</head>
<body class="guide">
${topOf('guide/', '../')}
${inside}
</body>
</html>
`;
}

const textOf = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** The guide as pages, built with the others: `guide/` of the site, beside the same text in the repository. */
export const guide: Plugin = {
  name: 'guide',
  generateBundle() {
    const emit = (fileName: string, source: string | Uint8Array) =>
      void this.emitFile({ type: 'asset', fileName: `guide/${fileName}`, source });
    const names = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
    const texts = new Map(names.map((name) => [name.slice(0, -3), textOf(`guide/${name}`)]));
    for (const [name, html] of guideSite(texts)) emit(name, html);
    emit('guide.css', ['look.css', 'components.css', 'guide.css'].map(textOf).join('\n'));
    emit(
      'theme.js',
      "{const t=new URLSearchParams(location.search).get('theme');if(t==='dark'||t==='light')document.documentElement.dataset.theme=t}\n",
    );
    emit('favicon.svg', textOf('favicon.svg'));
    for (const name of readdirSync(join(FOLDER, 'pictures')))
      emit(`pictures/${name}`, readFileSync(join(FOLDER, 'pictures', name)));
  },
};
