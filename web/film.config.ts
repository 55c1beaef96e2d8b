import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

/** What draws a film: the replay's own code for a process without a document, in one file. */
export default defineConfig({
  root: here,
  publicDir: false,
  ssr: { noExternal: true, external: ['apache-arrow'] },
  build: {
    ssr: resolve(here, 'film.ts'),
    outDir: resolve(here, '../dist/film'),
    emptyOutDir: true,
    target: 'node20',
  },
});
