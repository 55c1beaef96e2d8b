import { escape as escaped } from '@influxdata/influxdb-client';
import { PARTITION, partitionOf } from '../../model/batch.ts';
import type { Heartbeat, Measurement, Observation, Sighting } from '../../model/observation.ts';
import type { Reject } from '../../model/reject.ts';
import { hash53 } from './hash.ts';
import type { Series, SeriesBook } from './series.ts';

const MILLION = 1_000_000;

/** A point on its way: its line, and what tells whether it was written before. */
export type Point = { text: string; key: number; time: number; ns: number; content: number };

/**
 * An observation as a point. The same content lands on the same point: the last six digits of its time are a hash of
 * its fields, `received` and position apart. So neither the fields' order nor their form may ever change. Each field
 * has one type for ever, since types that differ in two shards hide values; what is unknown is left out.
 */
export function pointOf(observation: Observation, position: number, book: SeriesBook): Point {
  const series = seriesOf(observation, book);
  const fields = (series.ofOthers ? idOf(observation) : '') + FIELDS[observation.kind](observation as never);
  const hash = hash53(fields);
  const ns = hash % MILLION;
  const text = `${series.prefix}${fields},received=${observation.received}i,position=${position}i ${stamp(observation.time, ns)}`;
  return { text, key: series.key, time: observation.time, ns, content: Math.floor(hash / MILLION) };
}

/** Where a reject stands: in the river, among those of one position, and in time (UTC ms). */
export type RejectAt = { position: number; place: number; time: number };

/** So many messages in turn go to tags of their own, and so many rejects of a message to a tag. */
const [LOTS, PLACES] = [1000, 1000];

/**
 * A reject as a line. Its point is its position and place, so that it comes again as the same one. All of a broker's batch have one time, and any
 * number of them may be of one message: so tag and nanosecond are counted, not hashed. Those of a million messages of one partition and millisecond never meet.
 */
export function rejectLine(reject: Reject, { position, place, time }: RejectAt): string {
  const { received, source, line, text, reasons } = reject;
  const texts = `source=${escaped.quoted(source)},text=${escaped.quoted(text)},reasons=${escaped.quoted(JSON.stringify(reasons))}`;
  const number = position % PARTITION;
  const lot = `${partitionOf(position)}-${number % LOTS}-${Math.floor(place / PLACES)}`;
  const ns = (Math.floor(number / LOTS) * PLACES + (place % PLACES)) % MILLION;
  return `reject,lot=${lot} ${texts},line=${line}i,received=${Math.round(received)}i,position=${position}i,place=${place}i ${stamp(time, ns)}`;
}

function seriesOf(observation: Observation, book: SeriesBook): Series {
  const { kind } = observation;
  if (kind === 'sighting') return book.sighting(observation.gateway, observation.badge, observation.time);
  if (kind === 'heartbeat') return book.fixed(kind, { gateway: observation.gateway });
  return book.fixed(kind, { sensor: observation.sensor, quantity: observation.quantity });
}

const idOf = (observation: Observation): string => `id=${escaped.quoted((observation as Sighting).badge)},`;

const simulatedOf = ({ simulated }: Observation): string => (simulated ? 'simulated=t' : 'simulated=f');

const FIELDS = {
  sighting: (sighting: Sighting): string => {
    const { rssi, temperature, claps, battery } = sighting;
    let fields = `rssi=${rssi}i`;
    if (temperature !== null) fields += `,temperature=${temperature}`;
    if (claps !== null) fields += `,claps=${claps}i`;
    if (battery !== null) fields += `,battery=${battery}`;
    return `${fields},${simulatedOf(sighting)}`;
  },
  measurement: (measurement: Measurement): string => `value=${measurement.value},${simulatedOf(measurement)}`,
  // CSV shows an empty text as it shows none, so that it is empty stands in a field of its own.
  heartbeat: (heartbeat: Heartbeat): string => {
    const { status, info } = heartbeat;
    const said = info === null ? '' : info === '' ? ',blank=t' : `,info=${escaped.quoted(info)}`;
    return `status=${escaped.quoted(status)}${said},${simulatedOf(heartbeat)}`;
  },
};

/** UTC ms and the six digits below as nanoseconds in text: they do not fit into a number. */
const stamp = (ms: number, ns: number): string => `${ms}${String(ns).padStart(6, '0')}`;
