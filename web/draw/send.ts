import type { Scene } from '../view/scene.ts';
import { type Copying, createCopyable } from './copy.ts';
import { type Child, element, type Part } from './element.ts';

/** What the answer to the first command looks like. */
const ANSWER = '{"stored":1,"duplicate":0,"rejected":0,"rejects":[]}';
/** A gateway and a badge for a venue that names none. */
export const GATEWAY = 'pi-1';
const BADGE = 'e0b201e3098c';

export const CURL_NOTE = 'The answer comes when it is safe. What is sent twice is stored once.';
const FILE_NOTE =
  'Or `npm run -s hallway -- load FILE`. JSON, NDJSON, CSV with a header, raddec and open-badge hub lines, gzipped or not.';
const VENUE_NOTE =
  'In `DATA_DIR/venue.json`; `DATA_DIR` is `.hallway` unless it is set. It is read when the service starts.';

/** The smallest venue: where the reader is, one room, and the gateway of the first command in it. */
const venueText = (zone: string) => `{ "zone": "${zone}",
  "rooms": [{ "id": "hall-1" }],
  "gateways": [
    { "id": "${GATEWAY}", "room": "hall-1" }] }`;

/** Where a service is, and whether it wants to know who sends. */
export type Service = { base: string; tokens: boolean };

/** Where the part stands (its id), where the service does, and the reader's own zone. */
export type Place = { id: string; service: Service; zone: string };

/** How to send something: one observation, a file, and the venue that gives them a place. */
export function createSend(document: Document, { id, service, zone }: Place, copying: Copying): Part<Scene> {
  const copyable = (title: string, name: string, isFirst = false) =>
    createCopyable(document, { title, name, isFirst }, copying);
  const curl = copyable('Send one observation', 'the command that sends one observation', true);
  const file = copyable('Load a file', 'the command that loads a file');
  const venue = copyable('Say where the gateways are', 'a small venue file');
  file.update('npx hallway load FILE');
  venue.update(venueText(zone));
  const step = (...children: Child[]) => element(document, 'li', {}, ...children);
  const drawnBy = element(
    document,
    'p',
    {},
    'Floors can be ',
    element(document, 'a', { href: 'plan.html' }, 'drawn with an SVG'),
    '.',
  );
  const steps = element(
    document,
    'ol',
    {},
    step(curl.node, answer(document), prose(document, CURL_NOTE)),
    step(file.node, prose(document, FILE_NOTE)),
    step(venue.node, prose(document, VENUE_NOTE), drawnBy),
  );
  const heading = element(document, 'h2', { id: `${id}-title` }, 'How to send');
  const attributes = { id, class: 'send', 'aria-labelledby': heading.id };
  const node = element(document, 'section', attributes, heading, steps, further(document, service.base));
  return {
    node,
    update({ isSending, venue: place }) {
      node.hidden = !isSending;
      curl.update(curlText(service, place?.gateways[0]?.id ?? GATEWAY));
    },
  };
}

/** Words in which `these` are code. */
function prose(document: Document, words: string): HTMLParagraphElement {
  const parts = words.split('`').map((part, i) => (i % 2 ? element(document, 'code', {}, part) : part));
  return element(document, 'p', {}, ...parts);
}

/** Where gateways post to, and where the rest is said. */
function further(document: Document, base: string): HTMLElement {
  const node = prose(document, `Gateways post to \`${inboxAt(base)}\`: one object, an array, NDJSON or CSV. `);
  node.className = 'rest';
  const link = (href: string, words: string) => element(document, 'a', { href }, words);
  node.append('Every field and bound: ', link('docs', 'Docs'), ' and ', link('openapi.json', 'OpenAPI'), '.');
  return node;
}

const inboxAt = (base: string): string => new URL('v1/observations', base).href;

/** A command for a POSIX shell that sends a sighting of this very second. Short lines, so that no screen breaks them. */
export function curlText({ base, tokens }: Service, gateway: string): string {
  return [
    `curl ${inboxAt(base)} \\`,
    ...(tokens ? ['  --oauth2-bearer "$HALLWAY_TOKEN" \\'] : []),
    `  -d '{ "gateway": "${gateway}",`,
    `        "badge": "${BADGE}",`,
    `        "rssi": -61,`,
    `        "time": '$(date +%s)' }'`,
  ].join('\n');
}

/** What comes back, set under the command as a terminal would. */
function answer(document: Document): HTMLElement {
  return element(
    document,
    'div',
    { class: 'answer' },
    element(document, 'span', {}, 'answers'),
    element(document, 'code', {}, ANSWER),
  );
}
