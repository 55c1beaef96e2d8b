import { canEnd, type DemoView, isHidden, type Notice, noticeOf } from '../../view/live/demo.ts';
import type { Sample } from '../../view/live/sample.ts';
import type { Copying } from '../copy.ts';
import { element, mark, type Part, svg, write } from '../element.ts';
import type { Service } from '../send.ts';
import { createEnding } from './ending.ts';
import { noticeWords } from './notice-words.ts';
import { createTrying } from './trying.ts';

/** `now`: the service's clock, UTC ms. */
export type NoticeShown = { view: DemoView; now: number; sample: Sample | null };
export type NoticeActs = { open(what: DemoView['open']): void; hide(): void; end(): void };

/** One line over the plan: what of it is simulated and how to send one's own, or that nothing has come in. */
export function createNotice(
  document: Document,
  service: Service,
  acts: NoticeActs,
  copying: Copying,
): Part<NoticeShown> {
  const [lead, about, news] = [element(document, 'b'), element(document, 'span'), element(document, 'span')];
  news.className = 'news';
  const toggle = (what: 'send' | 'end', words: string) => {
    const attributes = { type: 'button', class: 'button small', 'aria-controls': `notice-${what}` };
    const button = element(document, 'button', attributes, words);
    button.addEventListener('click', () => acts.open(button.getAttribute('aria-expanded') === 'true' ? null : what));
    return button;
  };
  const [send, end] = [toggle('send', 'Send your own'), toggle('end', 'End the demo')];
  const hide = hideButton(document, acts.hide);
  const trying = createTrying(document, service, copying);
  const ending = createEnding(document, { end: acts.end, keep: () => acts.open(null) });
  const laid = createLaid(document);
  const words = element(document, 'p', {}, lead, ' ', about, ' ', news);
  const buttons = element(document, 'div', { class: 'acts' }, send, end, hide);
  const line = element(document, 'div', { class: 'line' }, words, buttons);
  const attributes = {
    class: 'notice',
    id: 'simulated',
    'aria-label': 'What is shown here',
    tabindex: '-1',
    hidden: '',
  };
  const node = element(document, 'section', attributes, line, laid.node, trying.node, ending.node);
  return {
    node,
    update({ view, now, sample }) {
      const notice = noticeOf(view);
      node.hidden = !notice || isHidden(notice, view);
      if (!notice || node.hidden) return;
      const said = noticeWords(notice, now);
      write(lead, said.lead);
      write(about, said.about);
      write(news, said.news);
      mark(node, 'data-kind', notice.kind);
      const open = openOf(view, notice);
      mark(send, 'aria-expanded', String(open === 'send'));
      mark(end, 'aria-expanded', String(open === 'end'));
      send.hidden = notice.kind === 'broken';
      end.hidden = !canEnd(notice);
      hide.hidden = notice.kind === 'nothing';
      trying.node.hidden = open !== 'send';
      trying.update({ sample, isLaying: notice.kind === 'laying' });
      ending.node.hidden = open !== 'end';
      ending.update({ ending: view.ending, own: notice.own, people: notice.demo?.people ?? 0 });
      laid.update(notice.kind === 'laying' ? notice.demo.share : null);
    },
  };
}

/** What is open may no longer be offered. */
function openOf({ open }: DemoView, notice: Notice): DemoView['open'] {
  if (open === 'end') return canEnd(notice) ? 'end' : null;
  return notice.kind === 'broken' ? null : open;
}

function hideButton(document: Document, hide: () => void): HTMLElement {
  const cross = svg(document, 'path', { d: 'M5 5l14 14M19 5L5 19' });
  const picture = svg(document, 'svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, cross) as unknown as Node;
  const attributes = {
    type: 'button',
    class: 'button small icon',
    'aria-label': 'Hide this line',
    title: 'Hide this line',
  };
  const button = element(document, 'button', attributes, picture);
  button.addEventListener('click', hide);
  return button;
}

/** How much of the past is laid, as a thin bar along the lower edge. */
function createLaid(document: Document) {
  const bar = element(document, 'i');
  const attributes = { class: 'laid', role: 'progressbar', 'aria-label': 'Past that is laid' };
  const node = element(document, 'div', attributes, bar);
  return {
    node,
    update(share: number | null) {
      node.hidden = share === null;
      if (share === null) return;
      bar.style.width = `${100 * share}%`;
      mark(node, 'aria-valuenow', String(Math.floor(100 * share)));
    },
  };
}
