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

describe('schemathesis against /openapi.json', { skip }, () => {
  let app: App;
  before(async () => {
    app = await startApp();
  });
  after(() => app.end());

  it('finds no fault of the service and no answer that is not in the document', async () => {
    // It keeps what it found where it works.
    const folder = newFolder();
    const child = spawn(
      SCHEMATHESIS,
      [
        ...['run', `${app.address}/openapi.json`, '--checks', CHECKS.join(), '--phases', 'examples,coverage,fuzzing'],
        ...['--max-examples', EXAMPLES, '--seed', '1', '--generation-database', 'none', '--no-color'],
        // A stream has no end.
        ...['--exclude-path', '/v1/live', '--request-timeout', '30'],
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const [code] = (await once(child, 'close')) as [number | null];
    remove(folder);
    assert.equal(code, 0, stdout);
  });
});
