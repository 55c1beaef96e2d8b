import type { Demo } from '../../read/demo.ts';
import { dayOf, type Notice } from '../../view/live/demo.ts';
import { counted, number, THIN } from '../number.ts';

/** A line in three weights: what it is, what is to know of it, and what is new. */
export type NoticeWords = { lead: string; about: string; news: string };

/** Longer reasons are for the log. */
const REASON_MAX = 160;
const DAYS = ['', 'first', 'second', 'third'];

export function noticeWords(notice: Notice, now: number): NoticeWords {
  switch (notice.kind) {
    case 'laying':
      return {
        lead: 'Simulated',
        about: `${eventOf(notice.demo)}, moved so that today is its ${dayWord(notice.demo, now)}.`,
        news: `The two and a half days before ${laid(notice.demo.share)}. Until then the picture knows this morning alone.`,
      };
    case 'broken':
      return {
        lead: 'Simulated',
        about: `${eventOf(notice.demo)}.`,
        news: `Its past could not be laid (${reasonOf(notice.demo)}). The picture goes on, but nothing is stored until Hallway is started again.`,
      };
    case 'told':
      return {
        lead: 'Simulated',
        about: `${eventOf(notice.demo)}; its dates are moved so that today is its ${dayWord(notice.demo, now)}.`,
        news: [missing(notice.demo), sent(notice.own)].filter(Boolean).join(' '),
      };
    case 'over':
      return {
        lead: 'The simulated event has ended',
        about: `${eventOf(notice.demo)}. Nothing more is told.`,
        news:
          notice.own > 0
            ? `${sent(notice.own)} So it is kept.`
            : 'Hallway lays it anew when it starts again, unless somebody has made something here.',
      };
    case 'ended':
      return {
        lead: 'The demo is ended',
        about: 'What was simulated is forgotten, and nothing more is told.',
        news: notice.own > 0 ? `${ownOf(notice.own)} ${notice.own === 1 ? 'is' : 'are'} kept.` : '',
      };
    case 'sent':
      return {
        lead: 'Simulated',
        about: 'What comes in now, or some of it, is told by a simulator.',
        news:
          notice.own > 0
            ? `Of all that is stored ${counted(notice.own, 'observation')} ${notice.own === 1 ? 'is' : 'are'} not simulated.`
            : '',
      };
    case 'nothing':
      return {
        lead: 'Nothing of your own has come in yet',
        about: 'A room fills as soon as a gateway of it hears a badge.',
        news: '',
      };
  }
}

const eventOf = ({ people }: Demo): string =>
  `${number(people)} badges at a conference modelled on one of November 2018`;

function dayWord(demo: Demo, now: number): string {
  const day = dayOf(demo, now);
  return DAYS[day] ? `${DAYS[day]} day` : `day ${number(day)}`;
}

const percent = (share: number): string => `${Math.floor(100 * share)}${THIN}%`;

/** "1 observation of your own". */
export const ownOf = (own: number): string => `${counted(own, 'observation')} of your own`;

const sent = (own: number): string => (own > 0 ? `You have sent ${ownOf(own)}.` : '');

const missing = (demo: Demo): string =>
  demo.problem === null ? '' : `Some of its past is missing: ${reasonOf(demo)}.`;

/** Its first line, without the point at its end. */
function reasonOf({ problem }: Demo): string {
  const line = (problem ?? '').split('\n')[0]!.trim().replace(/\.$/, '');
  return line.length > REASON_MAX ? `${line.slice(0, REASON_MAX)}…` : line;
}

/** A child has to start first. */
const laid = (share: number): string => (share < 0.01 ? 'are laid next' : `are being laid: ${percent(share)}`);
