import Type, { type Static } from 'typebox';
import { Id, Maybe, Time } from './fields.ts';
import { TOKEN_SCOPES, type TokenScope } from './scope.ts';

export const TOKEN_ID = '^[a-z2-7]{8}$';
export const TOKEN_NAME_MAX = 80;

/** A token as people see it: never its secret. */
export const Token = Type.Object({
  id: Type.String({ pattern: TOKEN_ID }),
  name: Type.String({ minLength: 1, maxLength: TOKEN_NAME_MAX }),
  scope: Type.Unsafe<TokenScope>({ type: 'string', enum: [...TOKEN_SCOPES] }),
  gateway: Maybe(Id),
  issuer: Maybe(Type.String({ description: 'of somebody who signs in: where; null: a token' })),
  made: Time,
  by: Type.String({ description: 'who made it' }),
  expires: Maybe(Time),
  rotated: Maybe(Time),
  /** until when the secret before the last rotation still opens */
  before: Maybe(Time),
  revoked: Maybe(Time),
  used: Maybe(Type.Integer({ format: 'time-ms', description: 'within ten minutes; null: never' })),
  state: Type.Unsafe<TokenState>({ type: 'string', enum: ['good', 'expired', 'revoked'] }),
});
export type TokenState = 'good' | 'expired' | 'revoked';
export type Token = Static<typeof Token>;
