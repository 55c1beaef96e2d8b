/** InfluxDB will not have what it is given, however often: its token, bucket or address is wrong. A sentence. */
export class InfluxRefused extends Error {}

/** A recording is older than the bucket keeps; a sentence. */
export class InfluxTooOld extends Error {}

/** Where the database is, and who asks. */
export type Influx = { url: string; token: string; org: string; bucket: string };
