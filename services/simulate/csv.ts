import type { BadgeTruth, Truth } from './truth.ts';

/** Columns of the truth, one row a badge whenever something of it changes (to the second; its place within a room aside), and once a minute. */
export const TRUTH_HEADER = 'time,badge,room,x,y,claps,shakes,temperature,worn,speaking,counting\n';
/** Rows are at most so far apart, ms. */
const EVERY_MS = 60_000;
/** Smaller changes of temperature are no news, °C. */
const STEP_C = 0.1;

/** Writes the truth as CSV: give it the seconds in turn. `name` is what a badge is called at a time. */
export function truthCsv(name: (mac: string, time: number) => string): (truth: Truth, isLast?: boolean) => string {
  const last = new Map<string, { time: number; truth: BadgeTruth }>();
  return ({ time, badges }, isLast = false) => {
    let text = '';
    for (const truth of badges) {
      const before = last.get(truth.badge);
      if (before && !isLast && time - before.time < EVERY_MS && !isNews(truth, before.truth)) continue;
      last.set(truth.badge, { time, truth });
      text += rowOf(time, name(truth.badge, time), truth);
    }
    return text;
  };
}

function isNews(truth: BadgeTruth, before: BadgeTruth): boolean {
  return (
    truth.room !== before.room ||
    truth.claps !== before.claps ||
    truth.shakes !== before.shakes ||
    truth.isWorn !== before.isWorn ||
    truth.isSpeaking !== before.isSpeaking ||
    truth.isCounting !== before.isCounting ||
    Math.abs(truth.temperature - before.temperature) >= STEP_C
  );
}

function rowOf(time: number, badge: string, truth: BadgeTruth): string {
  const { room, x, y, claps, shakes, temperature, isWorn, isSpeaking, isCounting } = truth;
  const place = room === null ? ',,' : `${room},${x},${y}`;
  const felt = Number.isNaN(temperature) ? '' : temperature.toFixed(1);
  return `${time},${badge},${place},${claps},${shakes},${felt},${isWorn},${isSpeaking},${isCounting}\n`;
}
