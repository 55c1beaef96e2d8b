import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { page } from './page.ts';

const here = import.meta.dirname;

/** The replay page as one script and one sheet, which `hallway pack` puts into a file beside the data. */
export default defineConfig({
  root: here,
  base: './',
  publicDir: false,
  plugins: [page],
  build: {
    outDir: resolve(here, '../dist/pack'),
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: {
      input: resolve(here, 'replay.html'),
      output: {
        codeSplitting: false,
        entryFileNames: 'pack.js',
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith('.css')) ? 'pack.css' : '[name][extname]'),
      },
    },
  },
});
