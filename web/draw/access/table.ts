import type { Token } from '../../../services/model/token.ts';
import { age } from '../age.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { createStateMark, type StateShown } from '../state.ts';
import { drawTable } from '../table.ts';
import { SCOPE_WORDS } from './scopes.ts';

export type TokenActs = { rotate(token: Token): void; revoke(token: Token): void };
type Shown = { tokens: readonly Token[]; now: number; zone: string; asking: string | null };

const STATES: Record<Token['state'], StateShown> = {
  good: { shape: 'solid', tone: 'ok', word: 'good' },
  expired: { shape: 'hollow', tone: 'warn', word: 'expired' },
  revoked: { shape: 'dashed', tone: 'muted', word: 'taken back' },
};
const OUT: StateShown = { shape: 'dashed', tone: 'muted', word: 'signed out' };

const HEADS = [
  { title: 'Name' },
  { title: 'May' },
  { title: 'State' },
  { title: 'Ends' },
  { title: 'Last used' },
  { title: 'Made' },
  { title: 'Acts', isUnseen: true, name: 'acts' },
];

/** Who may come in. `asking`: the token of which somebody was asked whether it shall be taken back. */
export function drawTokens(document: Document, { tokens, now, zone, asking }: Shown, acts: TokenActs): HTMLElement {
  const instants = instantsIn(zone);
  const lines = tokens.map((token) => {
    const state = createStateMark(document);
    state.update(token.issuer !== null && token.state !== 'good' ? OUT : STATES[token.state]);
    const { name, may } = SCOPE_WORDS[token.scope];
    return {
      attributes: { 'data-state': token.state },
      cells: [
        element(document, 'span', { title: token.id }, token.name),
        element(document, 'span', { title: may }, token.gateway ? `${name} ${token.gateway}` : name),
        state.node,
        token.expires === null ? 'never' : instants.long(token.expires, now),
        token.used === null ? 'never' : `${age(now - token.used)} ago`,
        madeOf(token, instants.long(token.made, now)),
        actsOf(document, token, asking === token.id, acts),
      ],
    };
  });
  return drawTable(document, 'tokens folds', 'Tokens', HEADS, lines);
}

const madeOf = ({ issuer, by }: Token, when: string): string =>
  issuer === null ? `${when} by ${by.replace(/,? from .*/, '')}` : `${when}, signed in at ${new URL(issuer).host}`;

function actsOf(document: Document, token: Token, isAsked: boolean, { rotate, revoke }: TokenActs): HTMLElement[] {
  if (token.state !== 'good') return [];
  const button = (words: string, name: string, act: (token: Token) => void) => {
    const node = element(document, 'button', { type: 'button', class: 'button small', 'aria-label': name }, words);
    node.addEventListener('click', () => act(token));
    return node;
  };
  if (token.issuer !== null) return [button('Sign out', `Sign out: ${token.name}`, revoke)];
  return [
    button('Rotate', `Rotate: ${token.name}`, rotate),
    isAsked
      ? button('Take it back now', `Take it back now: ${token.name}`, revoke)
      : button('Take back', `Take back: ${token.name}`, revoke),
  ];
}
