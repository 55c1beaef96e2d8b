import { rateOf, SHOWN_MS } from '../../view/arrivals.ts';
import type { Flows } from '../../view/panel/flows.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { createBars } from '../bars.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, perSecond, THIN, UNKNOWN } from '../number.ts';

/** What a stage says: its figure, the unit, and how far behind it is. */
type Stage = { figure: string; unit: string; lag: string };

const STAGES: [title: string, flow: keyof Flows, stage: (scene: PanelScene) => Stage][] = [
  ['Source', 'source', sourceStage],
  ['Validate', 'validate', validateStage],
  ['Store', 'store', storeStage],
  ['Live', 'live', liveStage],
  ['Jobs', 'jobs', jobsStage],
  ['Exports', 'exports', exportsStage],
];

/** The river by its stages: how much passes, how that was while the page was watched, and how far behind each is. */
export function createPipe(document: Document): Part<PanelScene> {
  const parts = STAGES.map(([title, flow, stage]) => {
    const bars = createBars(document, SHOWN_MS);
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
      bars.node,
      lag,
    );
    return { node, figure, unit, lag, stage, bars, flow };
  });
  return {
    node: element(
      document,
      'ol',
      { class: 'pipe', 'aria-label': 'The river, stage by stage' },
      ...parts.map(({ node }) => node),
    ),
    update(scene) {
      for (const { figure, unit, lag, stage, bars, flow } of parts) {
        bars.update(rateOf(scene.flows[flow]).intervals, scene.now);
        const said = stage(scene);
        write(figure, said.figure);
        write(unit, said.unit);
        write(lag, said.lag);
      }
    },
  };
}

/** What gateways send is known with the first picture, as their table has it; what else comes in shows in the bars. */
function sourceStage({ picture: { status, gateways }, now }: PanelScene): Stage {
  const lag = status.received === null ? 'nothing received yet' : `newest ${age(now - status.received)} ago`;
  const rate = gateways.reduce((sum, one) => sum + one.rate, 0);
  return { figure: perSecond(rate), unit: `sightings${THIN}/${THIN}s`, lag };
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
