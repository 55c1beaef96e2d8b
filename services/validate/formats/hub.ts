import type { Reason } from '../../model/reject.ts';
import type { Part, Split } from '../item.ts';
import { isObject, type Json, unknownOf } from '../json.ts';
import { normaliseId } from '../mac.ts';
import { show, step } from '../show.ts';

const TYPE = 'proximity received';
const LINE_FIELDS = new Set(['type', 'log_timestamp', 'log_index', 'data']);
const DATA_FIELDS = new Set(['member', 'timestamp', 'voltage', 'rssi_distances', 'badge_address']);
const PEER_FIELDS = new Set(['rssi', 'count']);

/**
 * A line of an open-badge hub (github HumanDynamics/openbadge-analysis-examples): what one badge heard in a minute.
 * A sighting for each peer: the fixed peers are the gateways.
 */
export function splitHub(item: Json): Split | undefined {
  const isHub = typeof item.type === 'string' && (Object.hasOwn(item, 'log_timestamp') || isObject(item.data));
  if (!isHub) return undefined;
  const data = isObject(item.data) ? item.data : {};
  const reasons = faultsOf(item, data);
  // where the line itself is at fault, one part that hears nobody still tells the faults of what all parts share
  const peers = reasons.length ? [['-', { rssi: 0 }] as const] : Object.entries(data.rssi_distances as Json);
  return {
    reasons,
    parts: peers.map(([peer, heard]) => partOf(item, data, peer, heard)),
    unknown: [
      ...unknownOf(item, LINE_FIELDS),
      ...unknownOf(data, DATA_FIELDS),
      ...peers.flatMap(([, heard]) => unknownOf(heard, PEER_FIELDS)),
    ],
  };
}

function faultsOf(item: Json, data: Json): Reason[] {
  const fault = (pointer: string, expected: string, value: unknown) => [{ pointer, expected, found: show(value) }];
  if (item.type !== TYPE) return fault('/type', `"${TYPE}": no other hub line tells who heard whom`, item.type);
  if (!isObject(item.data)) return fault('/data', 'an object', item.data);
  if (isObject(data.rssi_distances)) return [];
  return fault('/data/rssi_distances', 'an object of peers', data.rssi_distances);
}

function partOf(item: Json, data: Json, peer: string, heard: unknown): Part {
  const { member, timestamp, voltage } = data;
  const prefix = `/data/rssi_distances${step(peer, !isSame(peer, member))}`;
  const rssi = isObject(heard) ? heard.rssi : undefined;
  return {
    fields: {
      kind: 'sighting',
      time: timestamp,
      received: item.log_timestamp,
      gateway: peer,
      badge: member,
      battery: voltage,
      rssi,
    },
    pointers: {
      time: '/data/timestamp',
      received: '/log_timestamp',
      badge: '/data/member',
      battery: '/data/voltage',
      gateway: prefix,
      rssi: `${prefix}/rssi`,
    },
    prefix,
    // only what was checked: a long line of many bad peers must not become as many long texts
    alone: () => ({
      type: TYPE,
      data: { member, timestamp, voltage, rssi_distances: Object.fromEntries([[peer, heard]]) },
    }),
  };
}

/** A badge that hears itself is no gateway whose id may be told. */
function isSame(peer: string, member: unknown): boolean {
  return typeof member === 'string' && normaliseId(peer) === normaliseId(member);
}
