import type { Delivery } from '../../../services/model/delivery.ts';
import type { DestinationRow } from '../../read/sending.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

const STATES: Record<Delivery['state'], { shape: ShapeName; tone: string; word: string }> = {
  waiting: { shape: 'dashed', tone: 'muted', word: 'waiting' },
  sending: { shape: 'half', tone: 'accent', word: 'sending' },
  sent: { shape: 'check', tone: 'ok', word: 'sent' },
  failed: { shape: 'warning', tone: 'danger', word: 'failed' },
  superseded: { shape: 'hollow', tone: 'muted', word: 'not sent: a later revision goes instead' },
};
const KINDS = { s3: 'S3 storage', webhook: 'Webhook', mail: 'E-mail', mqtt: 'MQTT', kafka: 'Kafka' } as const;

/** Neither HTTP nor SMTP tells who was cut off whether it was taken. */
const TWICE = 'Hallway was ended while it sent this, so it may have come twice, with the same id.';

/** Where the files of a window lie: below the data folder; `there`: they are, or when they were removed (UTC ms). */
export type Folder = { path: string; revision: number; time: number; there: boolean; gone: number | null };

/** How a window's files stand with the folder and each destination; where one failed, why, when next, and a way to send it now. */
export function drawDeliveries(
  document: Document,
  rows: readonly Delivery[],
  known: readonly DestinationRow[],
  zone: string,
  again: (delivery: Delivery) => void,
  folder: Folder | null = null,
): HTMLElement {
  const line = (delivery: Delivery) => {
    const { destination, state } = delivery;
    const there = known.find(({ name }) => name === destination);
    const { shape: mark, tone, word } = STATES[state];
    const name = element(
      document,
      'td',
      {},
      element(document, 'b', {}, destination),
      element(document, 'small', {}, there ? `${KINDS[there.kind]}, ${there.where}` : 'not configured'),
    );
    const words = element(document, 'span', { class: 'state', 'data-tone': tone }, shape(document, mark), word);
    const why = element(document, 'small', {}, saidOf(delivery, there, zone));
    return element(
      document,
      'tr',
      {},
      name,
      element(document, 'td', { class: 'number' }, number(delivery.revision)),
      element(document, 'td', {}, words, why),
      element(document, 'td', { class: 'act' }, ...(state === 'failed' ? [buttonOf(document, delivery, again)] : [])),
    );
  };
  const heads = ['Sent to', 'Revision', 'State', ''].map((name, i) =>
    element(
      document,
      i === 3 ? 'td' : 'th',
      i === 1 ? { scope: 'col', class: 'number' } : i === 3 ? {} : { scope: 'col' },
      name,
    ),
  );
  const table = element(
    document,
    'table',
    { class: 'table deliveries' },
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...(folder ? [lineOf(document, folder, zone)] : []), ...rows.map(line)),
  );
  return element(
    document,
    'section',
    { class: 'part', 'aria-label': 'Destinations' },
    element(document, 'h3', {}, 'Destinations'),
    table,
  );
}

function lineOf(document: Document, { path, revision, time, there, gone }: Folder, zone: string): HTMLElement {
  const { long, zone: zoned } = instantsIn(zone);
  const [mark, tone, word] = gone !== null ? REMOVED : there ? WRITTEN : MISSED;
  const at = gone ?? time;
  return element(
    document,
    'tr',
    {},
    element(document, 'td', {}, element(document, 'b', {}, 'Folder'), element(document, 'small', {}, path)),
    element(document, 'td', { class: 'number' }, number(revision)),
    element(
      document,
      'td',
      {},
      element(document, 'span', { class: 'state', 'data-tone': tone }, shape(document, mark), word),
      element(document, 'small', {}, `${long(at, Date.now())} ${zoned(at)}`),
    ),
    element(document, 'td', { class: 'act' }),
  );
}
const WRITTEN = ['check', 'ok', 'written'] as const;
const REMOVED = ['hollow', 'muted', 'removed'] as const;
const MISSED = ['warning', 'danger', 'not at its place'] as const;

function buttonOf(document: Document, delivery: Delivery, again: (delivery: Delivery) => void): HTMLElement {
  const label = `Send again to ${delivery.destination}`;
  const button = element(
    document,
    'button',
    { type: 'button', class: 'button small', 'aria-label': label },
    'Send again',
  );
  button.addEventListener('click', () => again(delivery));
  return button;
}

/** What is worth knowing beside the word. */
function saidOf(delivery: Delivery, there: DestinationRow | undefined, zone: string): string {
  const { state, attempt, time, error, retry, done, parts } = delivery;
  const { long, zone: zoned } = instantsIn(zone);
  const at = (ms: number) => `${long(ms, Date.now())} ${zoned(ms)}`;
  // In storage the same bytes lie under the same name.
  const twice = delivery.broken && there?.kind !== 's3' ? `. ${TWICE}` : '';
  if (state === 'sent' && time !== null)
    return `${at(time)}${attempt > 1 ? `, at try ${number(attempt)}` : ''}${twice}`;
  if (state === 'waiting')
    return there ? 'It goes as soon as those before it went.' : 'DESTINATIONS names no such destination.';
  if (state === 'sending') return twice.slice(2);
  if (state !== 'failed') return '';
  const through = done.length > 0 ? `${number(done.length)} of ${counted(parts, 'part')} went. ` : '';
  const next = retry === null ? 'It waits until somebody sends it again.' : `It is tried again ${at(retry)}.`;
  return `${error}. ${through}${next}${twice.slice(1)}`;
}
