import type { Receipt } from '../../services/model/forgetting.ts';
import type { TokenScope } from '../../services/model/scope.ts';
import type { Token } from '../../services/model/token.ts';
import { type Call, createCall } from './call.ts';

/** What a token is asked for with; `expires`: UTC ms, or null for never. */
export type TokenOrder = { name: string; scope: TokenScope; gateway: string | null; expires: number | null };
/** What is kept of a kind. */
export type KeptRow = { kind: string; holds: string; badges: boolean; until: string };
export type Told = { token: string; row: Token };

/** Tokens of the service behind `base`. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createTokens(base: string, call: Call = createCall(base)) {
  return {
    list: async (): Promise<Token[]> => (await call<{ rows: Token[] }>('v1/tokens')).rows,
    make: ({ gateway, ...order }: TokenOrder) =>
      call<Told>('v1/tokens', 'POST', { ...order, ...(gateway !== null && { gateway }) }),
    kept: async (): Promise<KeptRow[]> => (await call<{ rows: KeptRow[] }>('v1/retention')).rows,
    receipts: async (): Promise<Receipt[]> => (await call<{ rows: Receipt[] }>('v1/forgettings')).rows,
    forget: (badge: string) => call<Receipt>('v1/forgettings', 'POST', { badge }),
    rotate: (id: string, hours: number) => call<Told>(`v1/tokens/${id}/rotations`, 'POST', { hours }),
    revoke: (id: string) => call<Token>(`v1/tokens/${id}`, 'DELETE'),
  };
}
