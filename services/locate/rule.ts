/** Version of the rule and of every number on this page: written into presences, so that each says what decided it. */
export const RULE = '4';

export const SECOND_MS = 1000;
export const HOUR_MS = 3_600_000;

/** Later than this after its time a sighting moves nothing and teaches nothing (NUMBERS: Place in time). */
export const LATE_MS = 300_000;
/** Nor does one whose gateway's clock runs ahead by more than this. */
export const AHEAD_MS = HOUR_MS;
/** Ahead by more than this a sighting is marked so. */
export const AHEAD_MARK_MS = 60_000;
/** A sighting that a stuck river brings when it is older than this, seconds, teaches no cadence either. */
export const TEACH_MAX_S = 600;

/** Cadence of a badge of which fewer than `GAPS_MIN` gaps are known, seconds. */
export const CADENCE_FIRST_S = 60;
export const GAPS_MIN = 5;
/** A longer pause is a silence, no gap, seconds. */
export const GAP_MAX_S = 300;
/** Clock hours that are learnt from: the current one and those before. */
export const HOURS_LEARNT = 24;
/** A badge that nobody heard for longer is forgotten entirely. */
export const FORGET_MS = 24 * HOUR_MS;

/** A presence outlives silence by so many cadences, between these bounds. */
export const GIVE_UP_CADENCES = 2.5;
export const GIVE_UP_MIN_MS = 5000;
export const GIVE_UP_MAX_MS = 300_000;

/**
 * What decides. A gateway's level is the nearest-rank quantile of what it heard in the last few cadences (4 s of a badge
 * that speaks once a second): the packets that came through best, so fading is left out. A room's weight is the sum over
 * its gateways, ten times as much for `WEIGHT_DB` more, and another room must be ahead by the margin.
 */
export type Weighing = { windowCadences: number; quantile: number; marginDb: number };

/**
 * From the plateau over six recorded walks that `test/locate/choose.ts` prints. Left to itself it takes the neighbour,
 * 4.5 cadences and 0.85; these are as good there, better where the carrier turns around, and forget sooner.
 */
export const WEIGHING: Weighing = { windowCadences: 4, quantile: 0.8, marginDb: 2 };

/**
 * No window is longer: a badge that speaks once a minute says it in several packets, and who it was near four minutes ago
 * tells where its wearer was (with 4 min 62 % were wrong in the three minutes after a move). Two bursts: the badge week bears no less.
 */
export const WINDOW_MAX_MS = 100_000;

/**
 * Between adding powers (10 dB) and amplitudes (20 dB). The walks, in rooms with one gateway or two, bear anything from 14
 * on; in the simulated house, where a hall has four and the foyer beside it two, 14 counts best.
 */
export const WEIGHT_DB = 14;

/**
 * A gateway that heard so many badges in its last minute, or the one before, and then nobody for so long has fallen mute: a crowd does
 * not leave at once, and of fifteen that speak once a minute all are quiet for so long once in 30,000 times. In the simulated house
 * ten would do for the rooms that go deaf, but with them a few who left a room last would stay in it.
 */
export const CROWD = 15;
export const MUTE_MS = 30_000;
/** Who was there stays there until another room hears it by so much louder than before; who was not heard there, as if it were so loud, dBm. */
export const RISE_DB = 10;
export const UNHEARD_DBM = -90;

/** Sightings kept of one badge and one gateway: the newest; a 4 s window of the recorded walks holds 11 at most. */
export const SAMPLES_MAX = 16;
/** Gateways kept of one badge: those that heard it last. */
export const GATEWAYS_MAX = 64;

/** A badge is parked when the medians of 24 windows of 10 min, 4 h, lie within 6 dB, and until two lie beyond that. */
export const STEADY_WINDOW_MS = 600_000;
export const STEADY_WINDOWS = 24;
export const STEADY_DB = 6;
export const MOVED_WINDOWS = 2;
