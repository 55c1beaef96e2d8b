import { mayAs, type Scope } from '../services/model/scope.ts';
import { createTokenForm, type TokenFormState } from './draw/token-form.ts';
import { readIssuer, readSession, type Session, trade } from './read/session.ts';
import { notInBy, tokenIn } from './view/token.ts';

/**
 * Resolves when this page may ask: a token in the fragment is traded for a session and taken out of the address before
 * anything else is done; without a session a form asks for it.
 */
export async function enter(document: Document, least: Scope = 'public'): Promise<Session> {
  const { location, history } = document.defaultView!;
  const [token, why] = [tokenIn(location.hash), notInBy(location.hash)];
  if (token !== null || why !== null) history.replaceState(null, '', location.pathname + location.search);
  // A link that is opened where the page is open already changes the fragment alone.
  document.defaultView!.addEventListener('hashchange', () => tokenIn(location.hash) !== null && location.reload());
  const taken = token === null ? null : await trade(document.baseURI, token);
  let session = await readSession(document.baseURI);
  if (!session.isOpen) session = await ask(document, why ?? (taken === 'wrong' ? 'wrong' : 'asking'));
  while (!mayAs(session.scope, least))
    session = await ask(document, 'low', `It takes ${least}’s rights; this is a token for ${session.scope}.`);
  // What all pages draw then shows the way out.
  document.documentElement.toggleAttribute('data-session', session.name !== null);
  return session;
}

/** Shows the form until a token was taken. Resolves to the session that it gave. */
async function ask(document: Document, first: TokenFormState, why = ''): Promise<Session> {
  document.title = 'Token · Hallway';
  await new Promise<void>((resolve) => {
    const form = createTokenForm(document, async (typed) => {
      form.update('trying');
      const taken = await trade(document.baseURI, tokenIn(typed.replace(/^[^#]*(?=#token=)/, '')) ?? typed);
      if (taken === 'in') resolve();
      else form.update(taken);
    });
    document.body.replaceChildren(form.node);
    form.update(first);
    form.why(why);
    void readIssuer(document.baseURI).then((issuer) => issuer !== null && form.offer(issuer, beginIn(document)));
  });
  document.body.replaceChildren();
  return readSession(document.baseURI);
}

/** Where signing in begins that comes back to this page. */
function beginIn({ location }: Document): string {
  const page = location.pathname.split('/').at(-1)!;
  return `v1/sign-in/begin?to=${encodeURIComponent(page + location.search)}`;
}
