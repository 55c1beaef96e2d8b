import type { RoomFrame } from '../model/frame.ts';
import { type Firing, type Rule, settledRule } from '../model/rule.ts';
import type { Venue } from '../model/venue.ts';
import { readingsIn } from './readings.ts';
import { sentenceOver } from './sentence.ts';

const MEASURED = ['occupancy', 'claps', 'temperature'] as const;

/**
 * What there was where an episode ended for another reason than its value: what was found in the newest frame (null: that is not
 * known), in words. `unit`: that of the rule that found it.
 */
export function endOf(
  { place, measure, about }: Pick<Firing, 'place' | 'measure' | 'about'>,
  why: string,
  { venue, rooms, unit }: { venue: Pick<Venue, 'file'>; rooms: readonly RoomFrame[]; unit: Rule['unit'] },
): Pick<Firing, 'clearedValue' | 'clearedSentence'> {
  const measured = MEASURED.find((one) => one === (about ?? measure));
  const rule = measured && settledRule('', { measure: measured, where: place, unit, above: 0 }, 'page');
  const found = rule && readingsIn(rule, venue, rooms).find((one) => one.place === place);
  const value = found && found.low === found.high ? found.low : null;
  return { clearedValue: value, clearedSentence: sentenceOver(rule ?? null, place, value, why, venue.file) };
}
