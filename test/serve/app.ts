import { type Running, start } from '../../services/main.ts';
import { readConfig } from '../../services/settings/config.ts';
import { newFolder, remove } from '../service.ts';

/** A whole Hallway in this process, on a free port, with a folder of its own. */
export type App = Running & { dataDir: string; end(): Promise<void> };

export async function startApp(env: Record<string, string> = {}): Promise<App> {
  const dataDir = env.DATA_DIR ?? newFolder();
  const running = await start(
    readConfig({ PORT: '0', LOG_LEVEL: 'silent', DEMO: 'off', JOBS: 'off', ...env, DATA_DIR: dataDir }),
  );
  const end = async () => {
    await running.stop();
    remove(dataDir);
  };
  return { ...running, dataDir, end };
}

/** A body by POST /v1/observations. */
export const send = (app: App, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${app.address}/v1/observations`, { method: 'POST', body, headers });

/** The rows of a GET, as JSON. */
export async function rows(app: App, path: string): Promise<Record<string, unknown>[]> {
  const reply = await fetch(app.address + path);
  const body = (await reply.json()) as { rows: Record<string, unknown>[] };
  return body.rows;
}
