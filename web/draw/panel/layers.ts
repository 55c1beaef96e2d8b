import type { GatewayState } from '../../read/panel.ts';
import { rolesOf, togetherOf } from '../../view/panel/application.ts';
import { POWER_LOW } from '../../view/panel/gateways.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { type Child, element, type Part, svg } from '../element.ts';
import { amount, counted, number, THIN, UNKNOWN } from '../number.ts';
import { createDrawn } from './drawn.ts';
import { stateOf } from './parts.ts';

const ROW = 20;
const STEP = 15;

/** Device, population and application health, side by side. */
export function createLayers(document: Document): Part<PanelScene> {
  const node = element(document, 'section', { class: 'layers', 'aria-label': 'Health' });
  const draw = createDrawn(node);
  return {
    node,
    update(scene) {
      const { gateways, population, rooms, screens, status, processes } = scene.picture;
      const seconds = Math.floor(scene.now / 1000);
      draw(
        [gateways, population, rooms, screens.length, status, processes, status.frame === null ? 0 : seconds],
        () => [devices(document, scene), people(document, scene), application(document, scene)],
      );
    },
  };
}

function layer(
  document: Document,
  title: string,
  big: string,
  words: string,
  picture: Node,
  items: Child[][],
): HTMLElement {
  return element(
    document,
    'div',
    { class: 'layer' },
    element(document, 'h2', {}, title),
    element(document, 'p', { class: 'big' }, big, ' ', element(document, 'small', {}, words)),
    element(document, 'div', { class: 'picture' }, picture),
    element(document, 'ul', {}, ...items.map((item) => element(document, 'li', {}, ...item))),
  );
}

const bold = (document: Document, words: string) => element(document, 'b', {}, words);

const WORDS: [GatewayState, string][] = [
  ['deaf', 'deaf'],
  ['silent', 'silent'],
  ['slow', 'slow'],
  ['stranger', 'not in the venue'],
];

function devices(document: Document, { picture: { gateways } }: PanelScene): HTMLElement {
  const own = gateways.filter(({ known }) => known);
  const count = (state: GatewayState) => gateways.filter((row) => row.state === state).length;
  const sending = own.length - count('deaf') - count('silent');
  const skews = gateways.flatMap(({ skew }) => skew ?? []);
  const worst = skews.reduce((most, one) => (Math.abs(one) > Math.abs(most) ? one : most), 0);
  const weak = gateways.filter(({ battery }) => battery !== null && battery < POWER_LOW).length;
  const items: Child[][] = WORDS.flatMap(([state, word]) =>
    count(state) > 0 ? [[bold(document, number(count(state))), ` ${word}`]] : [],
  );
  const clock = worst === 0 ? 'all clocks right' : 'worst clock ';
  items.push(worst === 0 ? [clock] : [clock, bold(document, skewWords(worst))]);
  if (weak > 0)
    items.push([bold(document, number(weak)), ` ${weak === 1 ? 'battery' : 'batteries'} under ${POWER_LOW}${THIN}%`]);
  const words = own.length === 0 ? 'gateways: none is in the venue yet' : `of ${counted(own.length, 'gateway')} heard`;
  return layer(
    document,
    'Devices',
    number(sending),
    words,
    squares(
      document,
      own.map(({ state }) => state),
    ),
    items,
  );
}

/** How far a clock is ahead: what comes before it happened. */
export const skewWords = (ms: number): string =>
  `${ms < 0 ? '+' : '−'}${(Math.abs(ms) / 1000).toFixed(Math.abs(ms) < 1000 ? 2 : 1)}${THIN}s`;

/** A square for each gateway: filled where it is heard, hollow where it is not. */
function squares(document: Document, states: GatewayState[]): SVGElement {
  const shown = states.slice(0, ROW * 4);
  const marks = shown.map((state, i) => {
    const at = {
      x: String((i % ROW) * STEP + 1),
      y: String(Math.floor(i / ROW) * STEP + 1),
      width: '11',
      height: '11',
    };
    return svg(document, 'rect', { ...at, class: `square ${state}` });
  });
  const [width, height] = [
    Math.min(ROW, Math.max(1, shown.length)) * STEP,
    Math.max(1, Math.ceil(shown.length / ROW)) * STEP,
  ];
  const size = { width: String(width), height: String(height), viewBox: `0 0 ${width} ${height}` };
  return svg(document, 'svg', { ...size, 'aria-hidden': 'true' }, ...marks);
}

function people(document: Document, { picture: { population, rooms, parked } }: PanelScene): HTMLElement {
  const { heard, shared, weak, measured, weakest } = population;
  const there = rooms.reduce((sum, { average }) => sum + (average ?? 0), 0);
  const share = heard === 0 ? UNKNOWN : `${Math.round((100 * shared) / heard)}${THIN}%`;
  const items: Child[][] = [
    [bold(document, number(there)), ' in rooms now'],
    [bold(document, number(parked.length)), ' parked'],
    [bold(document, share), ' heard by two or more'],
  ];
  if (measured > 0)
    items.push([
      bold(document, number(weak)),
      ` ${weak === 1 ? 'battery' : 'batteries'} low, the weakest ${amount(weakest, 'V', 2)}`,
    ]);
  const bar = stacked(document, [shared, heard - shared]);
  return layer(document, 'Badges', number(heard), 'heard in the last quarter of an hour', bar, items);
}

/** Two parts of a whole: those that two gateways hear are filled. */
function stacked(document: Document, [first, second]: [number, number]): SVGElement {
  const whole = Math.max(1, first + second);
  const width = 180;
  const cut = (width * first) / whole;
  return svg(
    document,
    'svg',
    { width: String(width + 2), height: '14', 'aria-hidden': 'true' },
    svg(document, 'rect', { class: 'known', x: '1', y: '1', width: cut.toFixed(1), height: '12' }),
    svg(document, 'rect', {
      class: 'rest',
      x: (1 + cut).toFixed(1),
      y: '1',
      width: (width - cut).toFixed(1),
      height: '12',
    }),
  );
}

/** Seconds as ms: what most take is far less than one. */
const msWords = (seconds: number | null): string => (seconds === null ? UNKNOWN : `${number(1000 * seconds)}${THIN}ms`);

function application(document: Document, { picture, now, connection }: PanelScene): HTMLElement {
  const { status, screens, jobs, troubles, rejects, processes } = picture;
  const { screen, requests, queries, memory, lost } = togetherOf(processes);
  const isLive = connection.kind === 'live';
  const behind = status.frame === null || !isLive ? UNKNOWN : age(now - status.frame);
  const all = status.observations + status.rejects;
  const failed = jobs.filter(({ state }) => state === 'failed').length + troubles.length;
  const share = all === 0 ? UNKNOWN : `${((100 * status.rejects) / all).toFixed(3)}${THIN}%`;
  const items: Child[][] = [
    [bold(document, number(screens.length)), ` ${screens.length === 1 ? 'screen' : 'screens'}`],
    [bold(document, share), ` rejected${rejects.length > 0 ? '' : ', none kept'}`],
    [bold(document, number(status.duplicates)), ' sent again, stored once'],
    [bold(document, number(lost)), ` ${lost === 1 ? 'observation' : 'observations'} lost`],
    [bold(document, msWords(screen)), ' from event to screen, 95 of 100'],
    [bold(document, msWords(requests)), ' a request, 95 of 100'],
    [bold(document, msWords(queries)), ' a question, 95 of 100'],
    [
      bold(document, memory === null ? UNKNOWN : `${number(memory / 2 ** 20)}${THIN}MiB`),
      processes.length === 1 ? ' memory' : ` memory of ${rolesOf(processes)}`,
    ],
    [bold(document, number(failed)), failed === 0 ? ' failed: jobs, exports, deliveries, alerts' : ' failed'],
  ];
  const words = status.frame === null ? 'no frame yet' : 'since the newest frame';
  const ready = status.ready
    ? ({ shape: 'solid', tone: 'ok', word: 'takes everything' } as const)
    : ({ shape: 'hollow', tone: 'danger', word: 'takes nothing' } as const);
  return layer(document, 'Application', behind, words, stateOf(document, ready), items);
}
