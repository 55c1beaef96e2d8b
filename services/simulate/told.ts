/** A sighting as a gateway sends it: the badge's MAC in the clear, no `received`. */
export type SightingTold = {
  kind: 'sighting';
  time: number;
  gateway: string;
  badge: string;
  rssi: number;
  temperature: number;
  /** null: its wearer switched them off */
  claps: number | null;
  simulated: true;
};

/** A heartbeat as a gateway, or its broker, sends it. */
type HeartbeatTold = {
  kind: 'heartbeat';
  time: number;
  gateway: string;
  status: 'online' | 'offline';
  info?: Record<string, unknown>;
  simulated: true;
};

/** A fixed sensor's value as it sends it. */
type MeasurementTold = {
  kind: 'measurement';
  time: number;
  sensor: string;
  quantity: string;
  value: number;
  simulated: true;
};

/** What reaches Hallway, and when (UTC ms). */
export type Told = { received: number; body: SightingTold | HeartbeatTold | MeasurementTold };
