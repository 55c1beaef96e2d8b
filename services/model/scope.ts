/** What a token may be for: reading, from the least to the most, or a gateway's own reports and nothing else. */
export const TOKEN_SCOPES = ['gateway', 'public', 'screen', 'viewer', 'analyst', 'admin'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/**
 * From the least to the most: `gateway` reads nothing, `public` and `screen` read the rounded dataset alone, `viewer`
 * aggregates, `analyst` badges by their pseudonyms.
 */
export const SCOPES = [...TOKEN_SCOPES, 'system'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whether a scope may what another one may. */
export const mayAs = (scope: Scope, least: Scope): boolean => SCOPES.indexOf(scope) >= SCOPES.indexOf(least);
