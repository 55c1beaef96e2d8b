import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings nobody should read off a process list: for each of them `NAME_FILE` may name a file that holds the value. */
export const SECRETS: readonly string[] = [
  'HALLWAY_TOKEN',
  'PSEUDONYM_KEYS',
  'OIDC_CLIENT_SECRET',
  'INFLUX_TOKEN',
  'MQTT_PASSWORD',
  'KAFKA_PASSWORD',
  'DESTINATIONS',
];

/** The environment with what its `NAME_FILE`s hold; a value that is given itself wins. `faults` takes what is wrong. */
export function withSecrets(environment: Environment, faults: string[]): Environment {
  const held = SECRETS.filter((name) => !environment[name]?.trim() && environment[`${name}_FILE`]?.trim()).map(
    (name) => [name, contentOf(`${name}_FILE`, environment[`${name}_FILE`]!.trim(), faults)] as const,
  );
  return { ...environment, ...Object.fromEntries(held) };
}

function contentOf(name: string, file: string, faults: string[]): string {
  try {
    const content = readFileSync(file, 'utf8').trim();
    if (content === '') faults.push(`${name}: expected a file that holds the secret, found ${file} empty`);
    return content;
  } catch (error) {
    faults.push(`${name}: expected a file that can be read, found ${(error as Error).message}`);
    return '';
  }
}
