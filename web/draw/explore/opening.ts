import { line } from 'd3';
import type { Finding } from '../../view/explore/opening.ts';
import { element, type Part, svg } from '../element.ts';
import type { Words } from './words.ts';

export type OpeningShown = { findings: Finding[]; words: Words; zone: string; hrefOf(finding: Finding): string };
const [WIDTH, HEIGHT] = [200, 44];

/** What the answers say already, before anything is asked: each a link to the view that shows it. */
export function createOpening(document: Document, show: (finding: Finding) => void): Part<OpeningShown | null> {
  const node = element(document, 'nav', { class: 'opening', 'aria-label': 'What the event says already' });
  let drawn = '';
  return {
    node,
    update(shown) {
      node.hidden = !shown || shown.findings.length === 0;
      if (!shown || node.hidden) return;
      const key = JSON.stringify(shown.findings);
      if (key === drawn) return;
      drawn = key;
      node.replaceChildren(...shown.findings.map((finding) => card(document, finding, shown, show)));
    },
  };
}

function card(
  document: Document,
  finding: Finding,
  { words, hrefOf }: OpeningShown,
  show: (finding: Finding) => void,
): HTMLElement {
  const { kind, of, value, at, thermometer } = finding;
  const isPeak = kind === 'peak';
  const by = thermometer === 'badges' ? 'felt by badges' : 'by its sensor';
  const label = isPeak ? `${words.value('day', of)}, fullest at` : `Warmest room, ${by}`;
  const big = isPeak ? words.value('time', at) : words.value('room', of);
  const note = isPeak ? words.whole('peak', value) : `${words.whole('temperature', value)} on average`;
  const text = element(
    document,
    'span',
    { class: 'said' },
    element(document, 'small', {}, label),
    element(document, 'b', {}, big),
    element(document, 'span', {}, note),
  );
  const link = element(document, 'a', { href: hrefOf(finding) }, text, ...(isPeak ? [spark(document, finding)] : []));
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(finding);
  });
  return link;
}

/** The day as a line, its peak marked; gaps stay gaps. */
function spark(document: Document, { series, value }: Finding): SVGElement {
  const x = (i: number) => 4 + (i / Math.max(1, series.length - 1)) * (WIDTH - 8);
  const y = (held: number) => HEIGHT - 3 - (held / value) * (HEIGHT - 8);
  const shape = line<number | null>()
    .defined((held) => held !== null)
    .x((_, i) => x(i))
    .y((held) => y(held!));
  const at = series.indexOf(value);
  return svg(
    document,
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg(document, 'path', { class: 'base', d: `M0 ${HEIGHT - 1}h${WIDTH}` }),
    svg(document, 'path', { class: 'day', d: shape(series) ?? '' }),
    svg(document, 'path', { class: 'peak', d: `M${x(at).toFixed(1)} ${y(value).toFixed(1)}V${HEIGHT - 1}` }),
  );
}
