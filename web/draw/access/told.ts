import type { Told } from '../../read/tokens.ts';
import { type Copying, createCopyable } from '../copy.ts';
import { element } from '../element.ts';

/** A new secret, which is shown this once: the token, and the link that opens a page with it. */
export function drawTold(document: Document, { token, row }: Told, copying: Copying, close: () => void): HTMLElement {
  const page = row.scope === 'screen' ? 'tv.html' : './';
  const link = new URL(`${page}#token=${encodeURIComponent(token)}`, document.baseURI).href;
  const shown = [
    { title: 'Token', name: 'the token', text: token, isFirst: row.scope === 'gateway' },
    ...(row.scope === 'gateway' ? [] : [{ title: 'Link', name: 'the link', text: link, isFirst: true }]),
  ].map(({ text, ...head }) => {
    const part = createCopyable(document, head, copying);
    part.update(text);
    return part.node;
  });
  const button = element(document, 'button', { type: 'button', class: 'button small' }, 'I have it');
  button.addEventListener('click', close);
  const words =
    row.scope === 'gateway'
      ? `It is told this once. ${row.gateway} sends it as HALLWAY_TOKEN over HTTP, or as its password over MQTT.`
      : 'It is told this once: copy it now. What follows # never leaves the browser, so no log has it.';
  return element(
    document,
    'section',
    { class: 'told', role: 'status', 'aria-label': 'The new token' },
    element(document, 'h2', {}, row.rotated === null ? `${row.name} has a token` : `${row.name} has another secret`),
    element(document, 'p', { class: 'muted' }, words),
    ...shown,
    button,
  );
}
