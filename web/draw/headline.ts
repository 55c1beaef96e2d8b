import type { Connection } from '../view/connection.ts';
import { isSimulated } from '../view/live/demo.ts';
import type { Scene } from '../view/scene.ts';
import { element, mark, type Part, write } from './element.ts';
import { instantsIn } from './instant.ts';
import { counted, number, THIN } from './number.ts';

/** A sentence about all of it: what to look at first in `lead`, and where that is on the page. */
type Sentence = { tone: 'quiet' | 'danger' | 'warn'; lead: string; at: string | null; rest: string };

/** The table of them is the panel's. */
const GATEWAYS = './panel.html#gateways';

/** Title, one sentence that says how it stands, and the button that opens how to send. */
export function createHeadline(document: Document, controls: string, toggled: () => void): Part<Scene> {
  const link = element(document, 'a');
  const plain = element(document, 'span', { class: 'lead' });
  const rest = element(document, 'span');
  const also = element(document, 'span');
  const what = element(document, 'a', { href: './#simulated' }, 'What is simulated');
  const words = element(document, 'p', {}, link, plain, rest, also, what);
  const button = element(
    document,
    'button',
    { class: 'button', type: 'button', 'aria-controls': controls },
    'How to send',
  );
  const gateways = element(document, 'a', { class: 'button', href: GATEWAYS }, 'Gateways');
  button.addEventListener('click', toggled);
  const title = element(document, 'div', {}, element(document, 'h1', {}, 'What has come in'), words);
  return {
    node: element(document, 'div', { class: 'head' }, title, gateways, button),
    update(scene) {
      const { tone, lead, at, rest: others } = sentenceOf(scene);
      mark(words, 'data-tone', tone);
      link.hidden = at === null;
      plain.hidden = at !== null;
      mark(link, 'href', at);
      write(at === null ? plain : link, lead);
      write(rest, others);
      write(also, simulatedSentence(scene));
      what.hidden = simulatedSentence(scene) === '';
      mark(button, 'aria-expanded', String(scene.isSending));
    },
  };
}

function sentenceOf(scene: Scene): Sentence {
  const { status, connection, isEmpty } = scene;
  if (connection.kind === 'lost') return lostSentence(scene, connection);
  if (!status) return { tone: 'quiet', lead: '', at: null, rest: 'Asking the service' };
  if (!status.ready)
    return {
      tone: 'warn',
      lead: 'The store takes nothing at present.',
      at: null,
      rest: ` Senders are told to come again; ${counted(status.waiting, 'observation')} waiting. What is shown is safe.`,
    };
  if (isEmpty)
    return {
      tone: 'quiet',
      lead: 'Nothing has come in yet.',
      at: null,
      rest: ' Send one observation, load a file, or point your gateways at this address.',
    };
  return gatewaySentence(scene);
}

/** How much of all that has come in nobody sent. */
function simulatedSentence({ simulated, connection }: Scene): string {
  if (!simulated || !isSimulated(simulated) || connection.kind === 'lost') return '';
  const { demo, own } = simulated;
  const past =
    demo?.state === 'laying' && demo.problem === null
      ? ` Its past is being laid: ${Math.floor(100 * demo.share)}${THIN}%.`
      : '';
  const whose = own !== null && own > 0 ? `All but ${number(own)} of it is simulated.` : 'All of it is simulated.';
  return ` ${whose}${past} `;
}

function lostSentence({ shownAt, zone, now }: Scene, connection: Extract<Connection, { kind: 'lost' }>): Sentence {
  const { minute } = instantsIn(zone);
  const waitS = Math.max(0, Math.ceil((connection.next - now) / 1000));
  const showing = shownAt === null ? '' : ` Showing ${minute(shownAt)}.`;
  const again = waitS > 0 ? ` Trying again in ${waitS}${THIN}s.` : ' Trying again.';
  const lead = `No answer from the service since ${minute(connection.since)}.`;
  return { tone: 'danger', lead, at: null, rest: showing + again };
}

/** How the gateways that were heard stand with the venue. */
function gatewaySentence({ gateways, venue }: Scene): Sentence {
  const heard = (gateways?.rows ?? []).filter((row) => row.received !== null);
  const strangers = heard.filter((row) => !row.known).length;
  const at = GATEWAYS;
  if (heard.length === 0) return { tone: 'quiet', lead: '', at: null, rest: 'No gateway has been heard yet.' };
  if (strangers === 0)
    return { tone: 'quiet', lead: '', at: null, rest: `${counted(heard.length, 'gateway')} heard, all in the venue.` };
  if (!venue?.gateways.length) {
    const rest = `: ${counted(heard.length, 'gateway')} kept, and counted in no room until there is a venue.json.`;
    return { tone: 'quiet', lead: 'No gateway has its place yet', at, rest };
  }
  const lead = `${number(strangers)} of ${counted(heard.length, 'gateway')} ${strangers === 1 ? 'is' : 'are'} not in the venue`;
  return { tone: 'quiet', lead, at, rest: ': kept, and counted in no room until the venue names them.' };
}
