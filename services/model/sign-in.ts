import Type, { type Static } from 'typebox';
import { SCOPES } from './scope.ts';

/** What whoever signs in may be let do: a gateway reports with a token of its own. */
const GRANTED = SCOPES.filter((scope) => scope !== 'gateway' && scope !== 'system');

/** By what a claim says of somebody, a group or a role, the scope that it gives. */
export const Grants = Type.Record(
  Type.String({ minLength: 1 }),
  Type.Unsafe<(typeof GRANTED)[number]>({ type: 'string', enum: GRANTED, description: GRANTED.join(', ') }),
);
export type Grants = Static<typeof Grants>;

/** An OpenID provider at which people sign in, and who of them may what. */
export type SignIn = {
  issuer: string;
  clientId: string;
  /** null: a public client */
  clientSecret: string | null;
  /** scopes of the provider that are asked for, with blanks between */
  asks: string;
  /** the claim that names groups */
  claim: string;
  grants: Grants;
  /** where people open the pages, and where the provider sends them back to */
  publicUrl: string;
};

/** Why nobody was let in, as the address of a page tells it (`#sign-in=rights`). */
export type NotIn = 'denied' | 'rights' | 'late' | 'provider';
