import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { newFolder, remove } from '../service.ts';
import { type App, startApp } from './app.ts';

/** Who reads our document and tries what it says: a program of PyPI, named by SCHEMATHESIS, or on the path. */
const SCHEMATHESIS = process.env.SCHEMATHESIS || 'schemathesis';
const found = spawnSync(SCHEMATHESIS, ['--version'], { encoding: 'utf8' });
const skip = found.status === 0 ? false : 'no schemathesis: pip install schemathesis==4.32.5';

/** Requests of each kind; SCHEMATHESIS_EXAMPLES=200 for a night. */
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '3';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

const TOKEN = 'a-token-of-this-house';

describe('schemathesis against /openapi.json', { skip }, () => {
  let app: App;
  before(async () => {
    app = await startApp({ HALLWAY_TOKEN: TOKEN });
  });
  after(() => app.end());

  const tokenOf = async (scope: string): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const body = JSON.stringify({ name: 'Somebody', scope });
    const made = await fetch(`${app.address}/v1/tokens`, { method: 'POST', headers, body });
    return ((await made.json()) as { token: string }).token;
  };
  /** What it says against a service that is asked with a token; empty: it finds nothing. */
  const foundBy = async (token: string, phases: string, examples: string): Promise<string> => {
    // It keeps what it found where it works.
    const folder = newFolder();
    const child = spawn(
      SCHEMATHESIS,
      [
        ...['run', `${app.address}/openapi.json`, '--checks', CHECKS.join(), '--phases', phases],
        ...['--max-examples', examples, '--seed', '1', '--generation-database', 'none', '--no-color'],
        ...['--header', `Authorization: Bearer ${token}`],
        // A stream has no end.
        ...['--exclude-path', '/v1/live', '--request-timeout', '30'],
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [code] = (await once(child, 'close')) as [number | null];
    remove(folder);
    return code === 0 ? '' : stdout || `it ended with ${code}`;
  };

  it('finds no fault of the service and no answer that is not in the document', async () => {
    assert.equal(await foundBy(TOKEN, 'examples,coverage,fuzzing', EXAMPLES), '');
  });

  it('nor as a viewer, nor as the public: what they may not is refused before it is looked at', async () => {
    const tokens = await Promise.all(['viewer', 'public'].map(tokenOf));
    assert.deepEqual(await Promise.all(tokens.map((token) => foundBy(token, 'fuzzing', '1'))), ['', '']);
  });
});
