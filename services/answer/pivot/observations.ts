import { sql } from '../../store/sql.ts';
import { groupsMost, OF_ROOMS, type Source } from './source.ts';

const LATE = 'epoch_ms(o.received) - epoch_ms(o.time)';

/** Observations as they were stored: by the codes of their names, with the room in which their gateway or sensor stood. */
export const observations: Source = {
  from: sql(import.meta.url, 'observations').trim(),
  time: 'epoch_ms(o.time)',
  // Identity is content.
  unique:
    'hash(o.kind, o.device, o.badge, o.quantity, o.status, o.rssi, o.temperature, o.claps, o.battery, o.value, o.info, o.simulated)',
  within: 'o.time >= make_timestamp($from::BIGINT) AND o.time < make_timestamp($until::BIGINT)',
  room: { sql: 'p.room', needs: ['place'] },
  readFrom: 'observations',
  record: 'one observation',
  extent: sql(import.meta.url, 'extent'),
  own: {},
  joins: {
    place: {
      sql: 'LEFT JOIN (SELECT n.code, s.* FROM standing s JOIN name n ON n.text = s.device) p ON p.code = o.device',
      holds: 'epoch_ms(o.time) >= p.begins AND epoch_ms(o.time) < p.ends',
    },
    storey: { sql: 'LEFT JOIN storey f ON f.room = p.room', needs: ['place'] },
    member: {
      sql: 'LEFT JOIN (SELECT n.code, m.* FROM member m JOIN name n ON n.text = m.badge) m ON m.code = o.badge',
      holds: 'epoch_ms(o.time) >= m.begins AND epoch_ms(o.time) < m.ends',
    },
  },
  fields: {
    kind: { label: 'Kind', type: 'text', key: 'o.kind', most: () => 3 },
    room: { label: 'Room', type: 'text', key: 'p.room', needs: ['place'], most: ({ rooms }) => rooms.length + 1 },
    ...OF_ROOMS,
    gateway: { label: 'Gateway', type: 'text', key: 'o.gateway', words: 'name' },
    badge: { label: 'Badge', type: 'text', key: 'o.badge', words: 'name' },
    group: {
      label: 'Badge group',
      type: 'text',
      key: 'CASE WHEN o.badge IS NOT NULL THEN coalesce(m."group", $usual) END',
      needs: ['member'],
      most: groupsMost,
    },
    rssi: { label: 'Signal', type: 'number', unit: 'dBm', key: 'o.rssi', scale: 1, most: () => 149 },
    temperature: { label: 'Temperature on the badge', type: 'number', unit: '°C', key: 'o.temperature', scale: 100 },
    claps: { label: 'Claps (gauge)', type: 'number', unit: 'claps', key: 'o.claps', scale: 1 },
    battery: { label: 'Battery', type: 'number', unit: 'V', key: 'o.battery', scale: 1000 },
    sensor: { label: 'Sensor', type: 'text', key: 'o.sensor', words: 'name' },
    quantity: { label: 'Quantity', type: 'text', key: 'o.quantity', words: 'name' },
    // °C, ppm and lux do not add up.
    value: { label: 'Measured value', type: 'number', key: 'o.value', oneOf: 'quantity' },
    status: { label: 'Status of the gateway', type: 'text', key: 'o.status', words: 'name' },
    delay: { label: 'Received after', type: 'number', unit: 's', key: `(${LATE})`, scale: 1000 },
    simulated: { label: 'Simulated', type: 'boolean', key: '(o.simulated = 1)' },
  },
};
