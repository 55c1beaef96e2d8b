import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../formats/format.ts';
import { audit } from '../ledger/audit.ts';
import { fileLedger } from '../ledger/file.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { makeToken, readTokens, revokeToken, rotateToken } from '../ledger/tokens.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { parseInstant } from '../model/instant.ts';
import type { Columns, Meta } from '../model/query.ts';
import { TOKEN_SCOPES, type TokenScope } from '../model/scope.ts';
import { TOKEN_NAME_MAX, type Token } from '../model/token.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { linkOf } from '../settings/link.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed, type Given, hint, Misused } from './command.ts';
import { ask } from './lines.ts';
import { table } from './table.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const WHO = 'hallway token, on this machine';
const COLUMNS: Columns = {
  id: 'text',
  name: 'text',
  scope: 'text',
  gateway: 'text',
  state: 'text',
  made: 'instant',
  expires: 'instant',
  used: 'instant',
};

/** `hallway token`: who may ask what. */
export const token: Command = {
  summary: 'Make, list, rotate and revoke tokens: who may ask what, and which gateway may report',
  usage: 'create NAME [--scope=admin] [--expires=90d] | list | rotate ID [--hours=24] | revoke ID',
  options: {
    scope: { type: 'string', help: `${TOKEN_SCOPES.join(', ')} (admin)` },
    gateway: { type: 'string', help: 'with --scope=gateway: the one it speaks for' },
    expires: {
      type: 'string',
      help: 'after so long (12h, 90d), or at an instant (2026-12-31T23:00:00Z); never, if not given',
    },
    hours: { type: 'string', help: 'rotate: how long the old secret still opens (24)' },
  },
  example: 'npx hallway token create "Foyer screen" --scope=screen --expires=7d',
  run,
};

/** What can be done to tokens, by the running service or in the folder. */
type Hand = {
  /** where the service is; null: none runs */
  address: string | null;
  create(order: Order): Promise<Told>;
  list(): Promise<Token[]>;
  rotate(id: string, hours: number): Promise<Told | null>;
  revoke(id: string): Promise<Token | null>;
  close(): void;
};
type Order = { name: string; scope: TokenScope; gateway: string | null; expires: number | null };
type Told = { token: string; row: Token };

const DEEDS: Record<string, (hand: Hand, given: Given, rest: string[]) => Promise<void>> = {
  async create(hand, { values }, [name, ...more]) {
    if (!name || more.length > 0 || name.length > TOKEN_NAME_MAX)
      throw new Misused(`create: expected one name of 1 to ${TOKEN_NAME_MAX} characters`);
    const scope = scopeOf(values.scope);
    const order = { name, scope, gateway: gatewayOf(scope, values.gateway), expires: expiryOf(values.expires) };
    tell(hand, await hand.create(order));
  },
  async list(hand) {
    const rows = await hand.list();
    const meta = {} as Meta;
    for await (const text of table.write({ columns: COLUMNS, rows: each(rows), meta, next: null }))
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  },
  async rotate(hand, { values }, rest) {
    const id = idIn(rest);
    const made = await hand.rotate(id, hoursOf(values.hours));
    if (!made) throw new Failed(`${id}: no such token that is good (hallway token list)`);
    tell(hand, made);
  },
  async revoke(hand, { values }, rest) {
    const id = idIn(rest);
    if (!(await hand.revoke(id))) throw new Failed(`${id}: no such token (hallway token list)`);
    if (!values.quiet) process.stderr.write(`hallway: ${id} opens nothing any more\n`);
  },
};

async function run(given: Given): Promise<number> {
  const [deed = '', ...rest] = given.files;
  const act = Object.hasOwn(DEEDS, deed) ? DEEDS[deed] : undefined;
  const names = Object.keys(DEEDS);
  if (!act) throw new Misused(`expected ${names.join(', ')}, found "${deed}"${hint(deed, names)}`);
  const config = readConfig(process.env);
  const service = await findService(config.dataDir);
  const hand = service ? throughService(service) : await inFolder(config);
  try {
    await act(hand, given, rest);
  } finally {
    hand.close();
  }
  return 0;
}

/** The secret on stdout, for whoever keeps it; what it is on stderr. */
function tell({ address }: Hand, { token, row }: Told): void {
  process.stdout.write(`${token}\n`);
  const until = row.expires === null ? 'until it is revoked' : `until ${new Date(row.expires).toISOString()}`;
  const link =
    address && row.scope !== 'gateway'
      ? `\nOpen ${linkOf(address, token, row.scope === 'screen' ? '/tv.html' : '/')}`
      : '';
  process.stderr.write(`hallway: ${row.id} "${row.name}" is ${row.scope} ${until}; this is told once${link}\n`);
}

function throughService(service: ServiceFile): Hand {
  const send = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    return (await (await ask(service, new URL(`/v1/tokens${path}`, service.address), init)).json()) as T;
  };
  const orNull = <T>(asked: Promise<T>) =>
    asked.catch((error) => {
      if (error instanceof Failed && /answered 404/.test(error.message)) return null;
      throw error;
    });
  return {
    address: service.address,
    create: ({ gateway, ...order }) => send<Told>('POST', '', { ...order, ...(gateway !== null && { gateway }) }),
    list: async () => (await send<{ rows: Token[] }>('GET', '')).rows,
    rotate: (id, hours) => orNull(send<Told>('POST', `/${id}/rotations`, { hours })),
    revoke: (id) => orNull(send<Token>('DELETE', `/${id}`)),
    close: () => undefined,
  };
}

/** Nobody runs here: the ledger of the folder is written as the service would. */
async function inFolder({ dataDir, role, store }: Config): Promise<Hand> {
  if (role !== 'all' || store === 'influx')
    throw new Failed('expected a running service on this machine: tokens of spread roles lie in Kafka');
  const folder = join(dataDir, 'main');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ledger = await fileLedger(join(folder, 'ledger'));
  const noted = async <T>(did: string, what: string, deed: (ledger: Ledger) => Promise<T>): Promise<T> => {
    await audit(ledger, { who: WHO, did, schedule: null, what });
    return deed(ledger);
  };
  return {
    address: null,
    create: (order) => noted('made a token', `${order.name}: ${order.scope}`, () => makeToken(ledger, order, WHO)),
    list: () => readTokens(ledger),
    rotate: (id, hours) => noted('rotated a token', id, () => rotateToken(ledger, id, hours * HOUR_MS)),
    revoke: (id) => noted('took a token back', id, () => revokeToken(ledger, id)),
    close: ledger.close,
  };
}

function scopeOf(found: Given['values'][string] = 'admin'): TokenScope {
  const scope = TOKEN_SCOPES.find((one) => one === found);
  if (scope) return scope;
  throw new Misused(
    `--scope: expected ${TOKEN_SCOPES.join(', ')}, found "${found}"${hint(String(found), [...TOKEN_SCOPES])}`,
  );
}

function gatewayOf(scope: TokenScope, found: Given['values'][string]): string | null {
  if (scope !== 'gateway' && found === undefined) return null;
  if (scope !== 'gateway') throw new Misused(`--gateway: expected --scope=gateway beside it, found ${scope}`);
  if (typeof found === 'string' && new RegExp(ID_PATTERN).test(found)) return found;
  throw new Misused(
    `--gateway: expected the gateway that it speaks for, found ${found === undefined ? 'nothing' : `"${found}"`}`,
  );
}

/** UTC ms, or null for never. */
function expiryOf(found: Given['values'][string]): number | null {
  if (found === undefined) return null;
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(String(found)) ?? [];
  const ends = count ? Date.now() + Number(count) * (unit === 'd' ? DAY_MS : HOUR_MS) : parseInstant(String(found));
  if (ends !== null && ends > Date.now()) return Math.floor(ends);
  throw new Misused(`--expires: expected 12h, 90d or an instant to come, found "${found}"`);
}

function hoursOf(found: Given['values'][string] = '24'): number {
  if (/^\d{1,3}$/.test(String(found)) && Number(found) <= 720) return Number(found);
  throw new Misused(`--hours: expected a whole number from 0 to 720, found "${found}"`);
}

function idIn([id, ...more]: string[]): string {
  if (id && more.length === 0) return id;
  throw new Misused(`expected one id, found ${id ? more.length + 1 : 'none'}`);
}

async function* each(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}
