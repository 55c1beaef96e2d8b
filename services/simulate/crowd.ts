import { type Draw, drawOf } from './random.ts';

/** People of a group at least and at most. */
const GROUP_MIN = 2;
const GROUP_MAX = 6;

/** Who belongs together, and what people are like. All drawn by name from the seed. */
export type Crowd = {
  people: number;
  /** by person: the number of their group, and their place in it */
  group: Int32Array;
  member: Uint8Array;
  draw(name: string): Draw;
  /** As `draw`, but spread evenly over groups or people: of many a tenth is below 0.1 whatever the seed. */
  spread(name: string): Draw;
};

const GOLDEN = (Math.sqrt(5) - 1) / 2;

export function createCrowd(seed: number, people: number): Crowd {
  const group = new Int32Array(people);
  const member = new Uint8Array(people);
  const size = drawOf(seed, 'group size');
  let number = 0;
  for (let person = 0; person < people; number += 1) {
    const count = GROUP_MIN + Math.floor(size(number) * (GROUP_MAX - GROUP_MIN + 1));
    for (let place = 0; place < count && person < people; place += 1, person += 1) {
      group[person] = number;
      member[person] = place;
    }
  }
  return {
    people,
    group,
    member,
    draw: (name) => drawOf(seed, name),
    spread: (name) => {
      const draw = drawOf(seed, name);
      return (who, moment = 0, place = 0) => (draw(moment, place) + (who + 1) * GOLDEN) % 1;
    },
  };
}
