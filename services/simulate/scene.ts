import { areas } from './areas.ts';
import type { Crowd } from './crowd.ts';
import { createDiary, type Diary, isWalking, stayAt } from './diary.ts';
import type { Story } from './story.ts';
import { createWarmth, FELT_MIN, KEPT_MIN, type Warmth } from './warmth.ts';

const MINUTE_S = 60;
const DAY_S = 86_400;
/** Seconds of the past that the present depends on. */
const REMEMBERED_S = (FELT_MIN + KEPT_MIN) * MINUTE_S;

/** The people of a story as they are at one second, and how many there were in each area in the last whole minute. */
export type Scene = {
  story: Story;
  crowd: Crowd;
  diary: Diary;
  people: Int32Array;
  /** when each person comes, second of the day; −1: not today */
  comes: Int32Array;
  warmth: Warmth;
  day: number;
  minute: number;
};

/** A scene as it is at a second: what came before is played until nothing of it is missing. */
export function createScene(story: Story, crowd: Crowd, second: number): Scene {
  const begins = Math.floor((second - REMEMBERED_S) / MINUTE_S) - 1;
  const scene: Scene = {
    story,
    crowd,
    diary: createDiary(crowd.people),
    people: new Int32Array(areas.length),
    comes: new Int32Array(crowd.people),
    warmth: createWarmth(),
    day: Number.NaN,
    minute: Math.max(-1, begins),
  };
  goTo(scene, second);
  return scene;
}

/** Goes on to a later second. */
export function goTo(scene: Scene, second: number): void {
  while ((scene.minute + 1) * MINUTE_S <= second) {
    scene.minute += 1;
    const midnight = Math.floor((scene.minute * MINUTE_S) / DAY_S);
    if (midnight !== scene.day) turnPage(scene, midnight);
    count(scene);
  }
}

/** A new day: everybody's plans for it. */
function turnPage(scene: Scene, day: number): void {
  scene.day = day;
  const { life } = scene.story;
  for (let person = 0; person < scene.crowd.people; person += 1) {
    life.write(scene.diary, person, day);
    scene.comes[person] = life.comes(person, day) ?? -1;
  }
}

/** Who walks still counts where they come from: it is the crowd that matters, and the air. */
function count({ crowd, diary, people, warmth, minute }: Scene): void {
  const second = (minute * MINUTE_S) % DAY_S;
  people.fill(0);
  for (let person = 0; person < crowd.people; person += 1) {
    const stay = stayAt(diary, person, second);
    people[diary.area[isWalking(diary, stay, second) ? stay - 1 : stay]!]! += 1;
  }
  warmth.tell(minute, people);
}
