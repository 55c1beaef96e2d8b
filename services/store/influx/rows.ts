import type { Kind } from '../../model/observation.ts';
import type { Stored } from '../store.ts';

/** Cells of `<kind>.sql` → observations: name, tags, time (ns), received, position, simulated, and those of the kind. */
export const ROWS: Record<Kind, (cells: string[]) => Stored> = {
  sighting: (cells) => ({
    kind: 'sighting',
    ...common(cells),
    gateway: cells[6]!,
    // under `other` the badge stands in a field
    badge: cells[8]! || cells[7]!,
    rssi: +cells[9]!,
    temperature: maybe(cells[10]!),
    claps: maybe(cells[11]!),
    battery: maybe(cells[12]!),
    ...end(cells),
  }),
  measurement: (cells) => ({
    kind: 'measurement',
    ...common(cells),
    sensor: cells[6]!,
    quantity: cells[7]!,
    value: +cells[8]!,
    ...end(cells),
  }),
  heartbeat: (cells) => ({
    kind: 'heartbeat',
    ...common(cells),
    gateway: cells[6]!,
    status: cells[7] as 'online' | 'offline',
    info: cells[8]! || (cells[9] === 'true' ? '' : null),
    ...end(cells),
  }),
};

/** The six digits below a millisecond are identity, not time. */
const common = (cells: string[]) => ({ time: +cells[2]!.slice(0, -6), received: +cells[3]! });

const end = (cells: string[]) => ({ simulated: cells[5] === 'true', position: +cells[4]! });

const maybe = (cell: string): number | null => (cell === '' ? null : +cell);
