import type { Token } from '../../../services/model/token.ts';
import { age } from '../age.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { createStateMark, type StateShown } from '../state.ts';
import { SCOPE_WORDS } from './scopes.ts';

export type TokenActs = { rotate(token: Token): void; revoke(token: Token): void };
type Shown = { tokens: readonly Token[]; now: number; zone: string; asking: string | null };

const STATES: Record<Token['state'], StateShown> = {
  good: { shape: 'solid', tone: 'ok', word: 'good' },
  expired: { shape: 'hollow', tone: 'warn', word: 'expired' },
  revoked: { shape: 'dashed', tone: 'muted', word: 'taken back' },
};

/** Who may come in. `asking`: the token of which somebody was asked whether it shall be taken back. */
export function drawTokens(document: Document, { tokens, now, zone, asking }: Shown, acts: TokenActs): HTMLElement {
  const heads = ['Name', 'May', 'State', 'Ends', 'Last used', 'Made', ''];
  const head = heads.map((words) => element(document, 'th', { scope: 'col' }, words || unseen(document, 'Acts')));
  const instants = instantsIn(zone);
  const rows = tokens.map((token) => {
    const state = createStateMark(document);
    state.update(STATES[token.state]);
    const { name, may } = SCOPE_WORDS[token.scope];
    const cells: [string, (Node | string)[]][] = [
      ['May', [element(document, 'span', { title: may }, token.gateway ? `${name} ${token.gateway}` : name)]],
      ['State', [state.node]],
      ['Ends', [token.expires === null ? 'never' : instants.long(token.expires, now)]],
      ['Last used', [token.used === null ? 'never' : `${age(now - token.used)} ago`]],
      ['Made', [`${instants.long(token.made, now)} by ${token.by.replace(/,? from .*/, '')}`]],
    ];
    return element(
      document,
      'tr',
      { 'data-state': token.state },
      element(document, 'th', { scope: 'row', title: token.id }, token.name),
      ...cells.map(([label, children]) => element(document, 'td', { 'data-label': label }, ...children)),
      element(document, 'td', { class: 'acts' }, ...actsOf(document, token, asking === token.id, acts)),
    );
  });
  return element(
    document,
    'table',
    { class: 'table tokens' },
    element(document, 'caption', { class: 'unseen' }, 'Tokens'),
    element(document, 'thead', {}, element(document, 'tr', {}, ...head)),
    element(document, 'tbody', {}, ...rows),
  );
}

function actsOf(document: Document, token: Token, isAsked: boolean, { rotate, revoke }: TokenActs): HTMLElement[] {
  if (token.state !== 'good') return [];
  const button = (words: string, name: string, act: (token: Token) => void) => {
    const node = element(document, 'button', { type: 'button', class: 'button small', 'aria-label': name }, words);
    node.addEventListener('click', () => act(token));
    return node;
  };
  return [
    button('Rotate', `Rotate: ${token.name}`, rotate),
    isAsked
      ? button('Take it back now', `Take it back now: ${token.name}`, revoke)
      : button('Take back', `Take back: ${token.name}`, revoke),
  ];
}

const unseen = (document: Document, words: string) => element(document, 'span', { class: 'unseen' }, words);
