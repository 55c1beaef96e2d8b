import type { Sample } from '../../view/live/sample.ts';
import { type Copying, createCopyable } from '../copy.ts';
import { element, type Part, write } from '../element.ts';
import { CURL_NOTE, curlText, GATEWAY, type Service } from '../send.ts';

export type TryingShown = { sample: Sample | null; isLaying: boolean };

/** The command that sends one observation, and what will be seen of it. */
export function createTrying(document: Document, service: Service, copying: Copying): Part<TryingShown> {
  const names = { title: 'Send one observation', name: 'the command that sends one observation', isFirst: true };
  const curl = createCopyable(document, names, copying);
  const [seen, answer] = [element(document, 'p'), element(document, 'p')];
  const link = element(document, 'a', { href: 'in.html?send=open' }, 'Files, gateways and your own venue');
  const notes = element(document, 'div', { class: 'notes' }, seen, answer, element(document, 'p', {}, link));
  return {
    node: element(document, 'div', { class: 'drawer', id: 'notice-send', hidden: '' }, curl.node, notes),
    update({ sample, isLaying }) {
      curl.update(curlText(service, sample?.gateway ?? GATEWAY));
      write(seen, seenOf(sample));
      write(answer, isLaying ? 'The answer comes when the past is laid; until then the command waits.' : CURL_NOTE);
    },
  };
}

function seenOf(sample: Sample | null): string {
  if (!sample?.room) return 'The venue names no gateway here: it is kept, and counted in no room.';
  const { gateway, room } = sample;
  return `Gateway ${gateway} in ${room.name} says that it hears a badge. ${room.name} counts one more within seconds, for two and a half minutes.`;
}
