import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { anchorOf, guideSite } from '../web/guide.ts';
import { ROOT } from './service.ts';

const FOLDER = join(ROOT, 'web/guide');
const texts = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name.slice(0, -3), readFileSync(join(FOLDER, name), 'utf8')]),
);

describe('the guide as a site', () => {
  const site = guideSite(texts);

  it('has a page for each text, and each page leads to all others', () => {
    assert.deepEqual(new Set(site.keys()), new Set([...[...texts.keys()].map((name) => `${name}.html`), 'index.html']));
    for (const [name, html] of site)
      for (const other of texts.keys()) assert.ok(html.includes(`href="${other}.html"`), `${name}: ${other}`);
  });

  it('has no dead link: to a page, a place on it, a picture; none leads out but over https and to the surfaces', () => {
    const anchors = new Map(
      [...site].map(([name, html]) => [name, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
    );
    for (const [name, html] of site)
      for (const [, found] of html.matchAll(/(?:href|src)="([^"]+)"/g)) {
        const [path = '', anchor] = found!.split('#');
        if (/^https:\/\//.test(found!) || path.startsWith('../')) continue;
        if (['guide.css', 'theme.js', 'favicon.svg', './'].includes(path)) continue;
        if (path.startsWith('pictures/')) assert.ok(existsSync(join(FOLDER, path)), `${name}: ${found}`);
        else {
          const target = path === '' ? name : path;
          assert.ok(site.has(target), `${name}: ${found}`);
          assert.ok(anchor === undefined || anchors.get(target)!.has(anchor), `${name}: ${found}`);
        }
      }
  });

  it('a link of the guide that leads nowhere breaks the build, and says where', () => {
    for (const href of ['none.md', '../../README.md', 'http:nothing', '/v1/venue', 'javascript:alert(1)'])
      assert.throws(
        () => guideSite(new Map([['a', `# A\n\n[x](${href})`]])),
        /web\/guide\/a\.md: expected a link to a page/,
      );
  });

  it('has no script but its own, no style of an element, one heading of the first order a page', () => {
    for (const [name, html] of site) {
      assert.deepEqual(html.match(/<script[^>]*>/g), ['<script src="theme.js">'], name);
      assert.doesNotMatch(html, / style="| on\w+="/, name);
      assert.equal(html.match(/<h1/g)?.length, 1, name);
      assert.match(html, /<title>[^<]+ · Hallway<\/title>/);
    }
  });

  it('before and after are those beside it in the contents', () => {
    const pages = [...site.keys()].filter((name) => name !== 'index.html');
    for (const [i, name] of pages.entries()) {
      const [, next] = /rel="next" href="([^"]+)"/.exec(site.get(name)!) ?? [];
      const [, before] = /rel="prev" href="([^"]+)"/.exec(site.get(name)!) ?? [];
      assert.deepEqual([before, next], [pages[i - 1], pages[i + 1]], name);
    }
  });

  it('anchorOf(heading) is what the repository calls it', () => {
    const known = { 'The record, made again': 'the-record-made-again', 'A `code` – and 2 more': 'a-code--and-2-more' };
    for (const [heading, anchor] of Object.entries(known)) assert.equal(anchorOf(heading), anchor);
  });
});
