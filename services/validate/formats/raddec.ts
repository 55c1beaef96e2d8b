import type { Reason } from '../../model/reject.ts';
import type { Part, Split } from '../item.ts';
import { isObject, type Json, unknownOf } from '../json.ts';
import { show } from '../show.ts';

const FIELDS = new Set(
  'transmitterId transmitterIdType rssiSignature packets events timestamp creationTime initialTime earliestDecodingTime received simulated'.split(
    ' ',
  ),
);
const RECEIVER_FIELDS = new Set(
  'receiverId receiverIdType receiverAntenna rssi rssiSum numberOfDecodings numberOfReceivers'.split(' '),
);

/** reelyActive's radio decoding (github reelyactive/raddec): one transmitter, and a sighting for each receiver. */
export function splitRaddec(item: Json): Split | undefined {
  if (!Object.hasOwn(item, 'transmitterId') && !Object.hasOwn(item, 'rssiSignature')) return undefined;
  const signature = item.rssiSignature;
  const heard: readonly unknown[] = Array.isArray(signature) ? signature : [];
  const reasons = heard.length ? [] : [faultOf(signature)];
  const receivers = heard.length ? heard : [{ receiverId: '-', rssi: 0 }];
  return {
    reasons,
    parts: receivers.map((receiver, index) => partOf(item, receiver, index)),
    unknown: [...unknownOf(item, FIELDS), ...receivers.flatMap((receiver) => unknownOf(receiver, RECEIVER_FIELDS))],
  };
}

function faultOf(signature: unknown): Reason {
  const found = Array.isArray(signature) ? 'an empty array' : show(signature);
  return { pointer: '/rssiSignature', expected: 'an array of at least one receiver', found };
}

function partOf(item: Json, receiver: unknown, index: number): Part {
  const { transmitterId, simulated } = item;
  const timeName = Object.hasOwn(item, 'timestamp') ? 'timestamp' : 'creationTime';
  const { receiverId, rssi } = isObject(receiver) ? receiver : ({} as Json);
  const prefix = `/rssiSignature/${index}`;
  return {
    fields: {
      kind: 'sighting',
      time: item[timeName],
      received: item.received,
      gateway: receiverId,
      badge: transmitterId,
      rssi,
      simulated,
    },
    pointers: {
      time: `/${timeName}`,
      badge: '/transmitterId',
      gateway: `${prefix}/receiverId`,
      rssi: `${prefix}/rssi`,
    },
    prefix,
    // only what was checked: a long item of many bad receivers must not become as many long texts
    alone: () => ({ transmitterId, rssiSignature: [receiver], [timeName]: item[timeName] }),
  };
}
