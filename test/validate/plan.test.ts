import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PlanAsked } from '../../services/model/plan.ts';
import { drawPlan } from '../../services/plans/draw.ts';
import { thinned } from '../../services/validate/plan/thin.ts';
import { readPlan } from '../../services/validate/plan.ts';

const asked = (rooms: string[], also: Partial<PlanAsked> = {}): PlanAsked => ({
  ...{ floor: 'ground', rooms, merged: [], metres: 100, areas: {} },
  ...also,
});
const svg = (inner: string, attributes = 'viewBox="0 0 100 50"', prolog = '') =>
  `${prolog}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inner}</svg>`;
const HALL = '<path id="hall" d="M10 10h20v20h-20z"/>';
const hallOf = (plan: { rooms: { room: string; rings: unknown }[] }) =>
  plan.rooms.find(({ room }) => room === 'hall')?.rings;
const SQUARE = [
  [
    [10, 10],
    [30, 10],
    [30, 30],
    [10, 30],
  ],
];

describe('readPlan(svg, asked)', () => {
  it('takes any shape named after a room, with its transforms and those around it, in metres', () => {
    const shapes = [
      '<path id="hall" d="m10,10 20,0 0,20 -20,0 z"/>',
      '<rect id="hall" x="10" y="10" width="20" height="20"/>',
      '<polygon id="hall" points="10,10 30,10 30,30 10,30"/>',
      '<g transform="translate(10 10)"><rect id="hall" width="10" height="10" transform="scale(2)"/></g>',
      '<g id="hall"><rect x="10" y="10" width="20" height="20"/></g>',
    ];
    for (const shape of shapes) assert.deepEqual(hallOf(readPlan(svg(shape), asked(['hall']))), SQUARE, shape);
    const half = readPlan(svg(HALL), asked(['hall'], { metres: 50 }));
    assert.deepEqual(hallOf(half), [SQUARE[0]!.map((point) => point.map((n) => n / 2))]);
    assert.deepEqual([half.metres, half.box], [50, [0, 0, 50, 25]]);
  });

  it('says how wide it is by the rooms whose areas are known, or that nobody knows', () => {
    assert.equal(readPlan(svg(HALL), asked(['hall'], { metres: null, areas: { hall: 100 } })).metres, 50);
    assert.equal(readPlan(svg(HALL), asked(['hall'], { metres: null })).metres, null);
  });

  it('tells which rooms have no shape, which shapes no room, and what was twice', () => {
    const { report, lines } = readPlan(
      svg(`${HALL}<circle id="sofa" cx="70" cy="20" r="5"/><rect id="hall" x="40" width="5" height="5"/>`),
      asked(['hall', 'bar', 'both'], { merged: ['both'] }),
    );
    assert.deepEqual([report.unshaped, report.unnamed, report.twice], [['bar'], ['sofa'], ['hall']]);
    assert.equal(lines.length, 1);
    const far = readPlan(
      svg(`${HALL}<polygon id="bar" points="0,0 1e308,0 1e308,1e308"/>`),
      asked(['hall', 'bar']),
    ).report;
    assert.deepEqual([far.unshaped, far.unread], [['bar'], ['bar']]);
  });

  it('leaves out what a layer hides, and the ground of the sheet; furniture makes no hole in its room', () => {
    const hidden = '<g style="display: none"><path d="M0 0L9 9"/></g><rect width="100" height="50"/>';
    const group =
      '<g id="hall"><rect x="10" y="10" width="20" height="20"/><rect x="12" y="12" width="2" height="2"/></g>';
    const plan = readPlan(svg(hidden + group), asked(['hall']));
    assert.deepEqual(hallOf(plan), SQUARE);
    assert.equal(plan.lines.length, 1);
  });

  it('a hole of a room turns the other way', () => {
    const [outer, hole] = readPlan(svg('<path id="hall" d="M0 0h30v30h-30zM10 10h10v10h-10z"/>'), asked(['hall']))
      .rooms[0]!.rings as [[number, number][], [number, number][]];
    const turn = (ring: [number, number][]) =>
      Math.sign(
        ring.reduce(
          (sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length]![1] - ring[(i + 1) % ring.length]![0] * y,
          0,
        ),
      );
    assert.deepEqual([turn(outer), turn(hole)], [1, -1]);
  });

  it('nothing of a hostile file is left but the outlines of its shapes, and the report names it', () => {
    const hostile: [string, string][] = [
      ['<script>alert(1)</script>', 'script'],
      ['<style>@import url(http://evil/x.css); @font-face{src:url(http://evil/f)}</style>', 'style'],
      ['<image href="http://evil/x.png" width="1" height="1"/>', 'image'],
      [
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><iframe src="javascript:alert(1)"/></body></foreignObject>',
        'foreignobject',
      ],
      ['<a xlink:href="javascript:alert(1)"><rect width="3" height="3"/></a>', 'a'],
      ['<use xlink:href="http://evil/x.svg#y"/>', 'use'],
      ['<animate attributeName="href" values="javascript:alert(1)"/>', 'animate'],
      ['<set attributeName="onload" to="alert(1)"/>', 'set'],
      ['<rect width="3" height="3" onclick="alert(1)"/>', 'attribute onclick'],
      ['<rect width="3" height="3" style="background:url(http://evil/x)"/>', 'attribute style'],
      ['<text>alert(1)</text>', 'text'],
      ['<svg x="5"><rect width="3" height="3"/></svg>', 'nested svg'],
    ];
    for (const [part, what] of hostile) {
      const plan = readPlan(svg(part + HALL), asked(['hall']));
      assert.deepEqual(hallOf(plan), SQUARE, part);
      assert.ok(
        plan.report.removed.some((one) => one.what === what),
        `${part}: ${JSON.stringify(plan.report.removed)}`,
      );
      assert.doesNotMatch(JSON.stringify({ ...plan, report: null }), /alert|evil|http|script/, part);
    }
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"> <!ENTITY x SYSTEM "file:///etc/passwd">]>';
    const plan = readPlan(svg(HALL, undefined, bomb), asked(['hall']));
    assert.deepEqual(
      plan.report.removed.map(({ what }) => what),
      ['DOCTYPE', 'ENTITY'],
    );
  });

  it('refuses with a sentence what is no drawing, or more than one', () => {
    const refused: [string, RegExp][] = [
      ['', /expected an <svg> element, found nothing/],
      ['hello', /found "hello"/],
      ['\u001f\u008b', /unpack/],
      [svg('<g>'), /well-formed/],
      [svg('&a;&b;'), /well-formed/],
      [svg(''), /expected shapes/],
      [svg('<rect width="100%" height="NaN"/>'), /expected shapes/],
      [svg('<g>'.repeat(100) + HALL + '</g>'.repeat(100)), /64 deep/],
      [svg('<rect/>'.repeat(20_001)), /20000 elements/],
      [svg(`<path d="M0 0${'l1 1'.repeat(1_100_000)}"/>`), /4194304 characters/],
      [svg(`<path d="M0 0${'l1 1'.repeat(200_000)}"/>`), /expected shapes/],
    ];
    for (const [text, words] of refused) assert.throws(() => readPlan(text, asked(['hall'])), words);
  });

  it('what an outline is thinned to is never further from it than it may be', () => {
    const coordinate = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 40 }),
        fc.nat(100),
        (line, tolerance) => {
          const thin = thinned(line, tolerance);
          assert.deepEqual([thin[0], thin.at(-1)], [line[0], line.at(-1)]);
          const off = (x: number, y: number) =>
            Math.min(
              ...thin.slice(1).map(([bx, by], i) => {
                const [ax, ay] = thin[i]!;
                const steps = Array.from({ length: 201 }, (_, k) => k / 200);
                return Math.min(...steps.map((t) => Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y)));
              }),
            );
          for (const [x, y] of line) assert.ok(off(x, y) <= tolerance + 8);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('drawPlan(svg, asked)', () => {
  it('reads in a process of its own, and ends one that takes too long', async () => {
    const drawn = await drawPlan(svg(HALL), asked(['hall']));
    assert.ok('plan' in drawn && hallOf(drawn.plan), JSON.stringify(drawn));
    assert.match(JSON.stringify(await drawPlan('x', asked([]))), /expected an <svg>/);
    assert.match(JSON.stringify(await drawPlan(svg(HALL), asked(['hall']), 1)), /expected a drawing that can be read/);
  });
});
