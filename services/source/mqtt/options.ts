import { readFileSync } from 'node:fs';

/** How a broker is reached, and under which names. Only `url` has to be said. */
export type MqttOptions = {
  /** mqtt://host:1883 or mqtts://host:8883 */
  url: string;
  username?: string;
  password?: string;
  /** a file of the certificates that vouch for the broker; else those that Node knows */
  ca?: string;
  /** connections of one group share the messages, those of several processes too */
  group?: string;
  /** each has one message in hand; one alone is in no group, and gets all messages */
  connections?: number;
  /**
   * What the connections' ids begin with. The broker keeps what is not acknowledged for these ids, so they have to be the
   * same after a restart, and nobody else's.
   */
  clientId?: string;
  /** a broker that is silent for half as long again is gone, s */
  keepaliveS?: number;
};

/** With everything said, and the certificates read. */
export type Settled = Required<Omit<MqttOptions, 'username' | 'password' | 'ca'>> &
  Pick<MqttOptions, 'username' | 'password'> & { ca?: Buffer };

/** Connections unless told otherwise: a store that takes 10 ms gets some 700 messages a second by them. */
export const CONNECTIONS = 8;

/** Throws what the system says of a file that cannot be read. */
export function settle({ ca, ...options }: MqttOptions): Settled {
  return {
    group: 'hallway',
    connections: CONNECTIONS,
    clientId: 'hallway',
    keepaliveS: 60,
    ...options,
    ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
  };
}
