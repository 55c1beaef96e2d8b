import type { GatewayNow, GatewayState, Said } from '../../read/panel.ts';
import { inOrder, type Order, POWER_LOW } from '../../view/panel/gateways.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { type Child, element, type Part, write } from '../element.ts';
import { counted, number, THIN, UNKNOWN } from '../number.ts';
import type { StateShown } from '../state.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { skewWords } from './layers.ts';
import { actButton, createPlace, nothing, stateOf } from './parts.ts';

/** Rows that are drawn at most; those in trouble come first. */
const ROWS_MAX = 200;
/** Characters of a badge's pseudonym that are shown. */
const SHORT = 9;

const STATES: Record<GatewayState, StateShown> = {
  heard: { shape: 'solid', tone: 'ok', word: 'heard' },
  deaf: { shape: 'hollow', tone: 'danger', word: 'deaf' },
  silent: { shape: 'dashed', tone: 'danger', word: 'silent' },
  slow: { shape: 'half', tone: 'warn', word: 'slow' },
  clock: { shape: 'warning', tone: 'warn', word: 'clock' },
  stranger: { shape: 'dashed', tone: 'notice', word: 'not in the venue' },
};

const HEADS = [
  { title: 'Gateway' },
  { title: 'State', label: '' },
  { title: 'Room', label: '' },
  { title: 'Last heard', isNumber: true, label: 'heard' },
  {
    title: 'Rate · usual, / s',
    isNumber: true,
    label: '/ s',
    hint: 'Sightings a second in the last minute, beside what is usual at this time of the day',
  },
  { title: 'Clock', isNumber: true, label: 'clock', hint: 'How far its clock is ahead of ours' },
  { title: 'Shared', isNumber: true, label: 'shared', hint: 'Share of its badges that another gateway hears too' },
  { title: 'Power', isNumber: true, label: 'power' },
  { title: 'Last sent', label: 'sent', name: 'sent' },
];

type Acts = { pick(gateway: string): void; order(order: Order): void };

/** Every gateway with its state; the one that is picked is shown on the plan. */
export function createGatewayTable(document: Document, acts: Acts): Part<PanelScene> {
  const { node, head, note, body } = createPlace(document, 'gateways', 'Gateways');
  const orders = element(document, 'div', { class: 'choice', role: 'group', 'aria-label': 'Order' });
  head.append(orders);
  const [draw, drawOrders] = [createDrawn(body), createDrawn(orders)];
  return {
    node,
    update(scene) {
      const { gateways } = scene.picture;
      write(note, noteOf(gateways));
      drawOrders(scene.order, () =>
        (['trouble', 'name'] as const).map((order) => {
          const button = actButton(
            document,
            order === 'trouble' ? 'Trouble first' : 'By name',
            () => acts.order(order),
            { key: order, class: 'chip' },
          );
          button.setAttribute('aria-pressed', String(order === scene.order));
          return button;
        }),
      );
      draw([gateways, scene.order, scene.gateway, scene.zone], () => {
        if (gateways.length === 0)
          return [
            nothing(document, 'No gateway yet. One is listed here when it is first heard, or when the venue names it.'),
          ];
        const shown = inOrder(gateways, scene.order).slice(0, ROWS_MAX);
        const lines = shown.map((row) => ({
          cells: cellsOf(document, row, scene, acts),
          attributes: { 'data-chosen': String(row.gateway === scene.gateway) },
        }));
        const rest = gateways.length - shown.length;
        return [
          drawTable(document, 'gateway-rows folds', 'Gateways', HEADS, lines),
          ...(rest > 0 ? [nothing(document, `And ${counted(rest, 'more gateway')}.`)] : []),
        ];
      });
    },
  };
}

function noteOf(rows: readonly GatewayNow[]): string {
  const days = rows.find(({ usual }) => usual !== null)?.days;
  if (days === undefined) return 'No history yet: nobody knows what is usual';
  return days === 0
    ? 'Rate beside that of the last hour: there is no day before'
    : `Rate beside its usual at this time of the day (${counted(days, 'day')})`;
}

function cellsOf(
  document: Document,
  row: GatewayNow,
  { picture, roomName, gateway }: PanelScene,
  { pick }: Acts,
): Child[] {
  const button = actButton(document, row.gateway, () => pick(row.gateway), { key: row.gateway, class: 'pick mono' });
  button.setAttribute('aria-pressed', String(row.gateway === gateway));
  const clockNow = picture.clock ?? picture.at;
  const heard = row.received === null ? 'never' : age(clockNow - row.received);
  return [
    button,
    stateOf(document, STATES[row.state]),
    row.room === null ? UNKNOWN : roomName(row.room),
    heard,
    rateOf(document, row),
    row.skew === null
      ? row.delay === null
        ? UNKNOWN
        : 'right'
      : element(document, 'b', { 'data-tone': 'warn' }, skewWords(row.skew)),
    row.shared === null ? UNKNOWN : `${Math.round(100 * row.shared)}${THIN}%`,
    powerOf(document, row),
    element(document, 'span', { class: 'said', title: row.said?.badge ?? '' }, saidWords(row.said)),
  ];
}

/** A rate as a bar whose mark is the usual; what is far below it is in another colour. */
function rateOf(document: Document, { rate, usual, state }: GatewayNow): HTMLElement {
  const share = usual ? rate / usual : null;
  const bar = element(document, 'i');
  bar.style.setProperty('width', `${Math.min(100, (share ?? 0) * 66.7)}%`);
  const words = usual === null ? UNKNOWN : usual === 0 ? 'usually none' : `of ${rateWords(usual)}`;
  return element(
    document,
    'span',
    { class: 'rate', ...(state === 'slow' && { 'data-tone': 'warn' }) },
    element(
      document,
      'span',
      { class: 'rate-bar', ...(share === null && { 'data-unknown': '' }), 'aria-hidden': 'true' },
      bar,
    ),
    element(document, 'b', {}, rateWords(rate)),
    element(document, 'span', { class: 'muted' }, words),
  );
}

/** Things a second: finer where they are few. */
const rateWords = (value: number): string => number(value, value < 1 ? 2 : 1);

const powerOf = (document: Document, { battery }: GatewayNow): Child =>
  battery === null
    ? element(document, 'span', { class: 'muted' }, UNKNOWN)
    : element(document, 'span', battery < POWER_LOW ? { 'data-tone': 'danger' } : {}, `${number(battery)}${THIN}%`);

/** As much of a pseudonym as tells it from its neighbours; the whole is the title. */
const shortOf = (badge: string): string => (badge.length > SHORT ? `${badge.slice(0, SHORT)}…` : badge);

/** What it said last, in a line. */
function saidWords(said: Said | null): string {
  if (said === null) return UNKNOWN;
  const { kind, badge, rssi, temperature, claps, status } = said;
  if (kind === 'heartbeat') return `heartbeat, ${status}`;
  const parts = [`${badge === null ? 'a badge' : shortOf(badge)} ${number(rssi ?? 0)}${THIN}dBm`];
  if (temperature !== null) parts.push(`${number(temperature, 1)}${THIN}°C`);
  if (claps) parts.push(counted(claps, 'clap'));
  return parts.join(', ');
}
