import type { Plugin } from 'vite';
import { ASKING } from './draw/asking.ts';
import { LINKS } from './draw/topbar.ts';

/** What every page has in its head: its own title, styles and script stand beside `<!-- head -->`. */
export const HEAD = `<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="dark light" />
    <link rel="icon" type="image/svg+xml" href="./favicon.svg" />
    <link rel="stylesheet" href="./look.css" />
    <link rel="stylesheet" href="./components.css" />`;

/**
 * What is there before anything has been asked; the script puts its own in its place. `current`: the link that is this page,
 * null where a page has none of them; `up`: the way to the pages.
 */
export function topOf(current: string | null, up = './'): string {
  const links = LINKS.map(
    ([href, name]) =>
      `<a href="${up}${href.replace('./', '')}"${href === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  const nav = current === null ? '' : `\n      <nav aria-label="Surfaces">${links.join('')}</nav>`;
  return `<header class="top">
      <a class="brand" href="${up}">
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 3h7v7H3zM3 14h18v7H3z" />
          <path class="lit" d="M14 3h7v7h-7z" />
        </svg>
        Hallway</a>${nav}
    </header>`;
}

/** What a page says when it is still asking after a while. */
const FIRST = `<p class="asking" role="status">${ASKING}</p>`;

const STYLE = / *<link rel="stylesheet"[^>]*>\n/g;

/** What all surfaces share comes before what a page says of it; the build gives no order to what it cuts into pieces. */
const SHARED = ['theme', 'table'];
const placeOf = (link: string): number => {
  const place = SHARED.findIndex((name) => link.includes(`/${name}-`));
  return place < 0 ? SHARED.length : place;
};

/**
 * Styles before scripts: nothing is painted without them, and a browser asks for six files at a time. Scripts first, and the
 * first words wait for all of them.
 */
export const stylesFirst: Plugin = {
  name: 'styles-first',
  transformIndexHtml: {
    order: 'post',
    handler(html) {
      const styles = (html.match(STYLE) ?? []).sort((a, b) => placeOf(a) - placeOf(b)).join('');
      return html.replace(STYLE, '').replace(/ *<script type="module"/, (script) => styles + script);
    },
  },
};

/** Puts what all pages share into each. */
export const page: Plugin = {
  name: 'page',
  transformIndexHtml: {
    order: 'pre',
    handler: (html, { path }) =>
      html
        .replace('<!-- head -->', HEAD)
        .replace('<!-- top -->', `${topOf(path === '/index.html' ? './' : path.slice(1))}\n    ${FIRST}`)
        .replace('<!-- brand -->', `${topOf(null)}\n    ${FIRST}`),
  },
};
