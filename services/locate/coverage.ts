import type { Coverage } from '../model/frame.ts';
import type { Wellness } from './hearing.ts';

/**
 * The coverage of a room from its gateways' (NUMBERS: Coverage of a room).
 * @param sparse it hears less than half of what the people in it should have said
 */
export function coverageOf(gateways: readonly Wellness[], sparse: boolean): Coverage {
  if (gateways.length === 0) return 'unmeasured';
  const speaking = gateways.filter((gateway) => gateway !== 'silent');
  if (speaking.length === 0) return 'silent';
  if (speaking.every((gateway) => gateway === 'deaf')) return 'deaf';
  return sparse || gateways.some((gateway) => gateway !== 'good') ? 'thin' : 'good';
}
