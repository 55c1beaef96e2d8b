import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { guide } from './guide.ts';
import { page, stylesFirst } from './page.ts';

const here = import.meta.dirname;

/** One page a surface. Addresses are relative, so the pages work behind any prefix. */
export default defineConfig({
  root: here,
  base: './',
  publicDir: false,
  plugins: [page, stylesFirst, guide],
  build: {
    outDir: resolve(here, '../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // Strict CSP: nothing may become a data: address or an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: readdirSync(here)
        .filter((name) => name.endsWith('.html'))
        .map((page) => resolve(here, page)),
    },
  },
});
