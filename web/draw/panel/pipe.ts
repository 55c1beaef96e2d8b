import { rateOf, SHOWN_MS } from '../../view/arrivals.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { createBars } from '../bars.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, perSecond, THIN, UNKNOWN } from '../number.ts';

/** What a stage says: its figure, the unit, and how far behind it is. */
type Stage = { figure: string; unit: string; lag: string };

const STAGES: [title: string, stage: (scene: PanelScene) => Stage][] = [
  ['Source', sourceStage],
  ['Validate', validateStage],
  ['Store', storeStage],
  ['Live', liveStage],
  ['Jobs', jobsStage],
  ['Exports', exportsStage],
];

/** The river by its stages: how much passes, and how far behind each is. */
export function createPipe(document: Document): Part<PanelScene> {
  const bars = createBars(document, SHOWN_MS);
  const parts = STAGES.map(([title, stage], i) => {
    const [figure, unit, lag] = [
      element(document, 'span'),
      element(document, 'small'),
      element(document, 'p', { class: 'lag' }),
    ];
    const node = element(
      document,
      'li',
      {},
      element(document, 'h3', {}, title),
      element(document, 'p', { class: 'figure' }, figure, ' ', unit),
      ...(i === 0 ? [bars.node] : []),
      lag,
    );
    return { node, figure, unit, lag, stage };
  });
  return {
    node: element(
      document,
      'ol',
      { class: 'pipe', 'aria-label': 'The river, stage by stage' },
      ...parts.map(({ node }) => node),
    ),
    update(scene) {
      bars.update(rateOf(scene.arrivals).intervals, scene.now);
      for (const { figure, unit, lag, stage } of parts) {
        const said = stage(scene);
        write(figure, said.figure);
        write(unit, said.unit);
        write(lag, said.lag);
      }
    },
  };
}

function sourceStage({ arrivals, picture: { status }, now }: PanelScene): Stage {
  const lag = status.received === null ? 'nothing received yet' : `newest ${age(now - status.received)} ago`;
  return { figure: perSecond(rateOf(arrivals).perSecond), unit: `${THIN}/ s`, lag };
}

function validateStage({ picture: { status, rejects }, now }: PanelScene): Stage {
  const newest = rejects[0];
  const lag = newest ? `newest ${age(now - newest.taken)} ago` : 'nothing refused';
  return { figure: number(status.rejects), unit: 'rejects kept', lag };
}

function storeStage({ picture: { status } }: PanelScene): Stage {
  const lag = status.ready ? `${number(status.waiting)} waiting to be safe` : 'takes nothing now';
  return { figure: number(status.observations), unit: 'observations', lag };
}

function liveStage({ picture: { status, rooms }, now, zone }: PanelScene): Stage {
  if (status.frame === null) return { figure: UNKNOWN, unit: '', lag: 'no frame yet' };
  const good = rooms.filter(({ coverage }) => coverage === 'good').length;
  const lag = `${age(now - status.frame)} behind, ${number(good)} of ${counted(rooms.length, 'room')} well covered`;
  return { figure: instantsIn(zone).second(status.frame), unit: instantsIn(zone).zone(status.frame), lag };
}

function jobsStage({ picture: { jobs } }: PanelScene): Stage {
  const due = jobs.reduce((sum, one) => sum + (one.due ?? 0), 0);
  const running = jobs.filter(({ state }) => state === 'running').map(({ job }) => job);
  const lag = running.length > 0 ? `${running.join(', ')} at work` : jobs.length === 0 ? 'no jobs yet' : 'at rest';
  return { figure: number(due), unit: due === 1 ? 'day to do' : 'days to do', lag };
}

function exportsStage({ picture: { troubles } }: PanelScene): Stage {
  const lag = troubles.length === 0 ? 'files, deliveries and alerts as planned' : troubles[0]!.what;
  return { figure: number(troubles.length), unit: 'failed', lag };
}
