import type { Delivery, Trouble } from '../services/model/delivery.ts';
import type { Schedule, WindowRow } from '../services/model/schedule.ts';
import type { WindowTold } from '../services/model/window-told.ts';
import { drawDeliveries } from './draw/exports/deliveries.ts';
import { drawDeeds, drawDestinations } from './draw/exports/destinations.ts';
import { createSendTo, type SendTo } from './draw/exports/send-to.ts';
import { type Acting, done } from './exports-acts.ts';
import type { DeedRow, DestinationRow } from './read/sending.ts';

type Known = { destinations: DestinationRow[]; troubles: Trouble[]; deliveries: Delivery[]; deeds: DeedRow[] };

/** After an act it is looked again this soon, ms: what goes out answers in a moment. */
const SOON_MS = 1500;

/** What becomes of files after they are written, as far as the page shows it. */
export function createSendingPart(document: Document, acting: Acting) {
  const { sending } = acting.service;
  let known: Known = { destinations: [], troubles: [], deliveries: [], deeds: [] };
  let sendTo: SendTo | null = null;
  const act = async (what: () => Promise<unknown>, words: string) => {
    await done(acting, what, words);
    setTimeout(acting.ring, SOON_MS);
  };
  const test = (name: string) => act(() => sending.test(name), `${name} is being tried.`);
  const again = ({ schedule, until, destination }: Delivery) =>
    act(() => sending.again(schedule, until, destination), `It is sent again to ${destination}, and to nobody else.`);
  return {
    /** Looks again; `id`: the schedule that is chosen. */
    async ask(id: string | null): Promise<void> {
      const [destinations, troubles] = await Promise.all([sending.destinations(), sending.troubles()]);
      const [deliveries, deeds] = id ? await Promise.all([sending.deliveries(id), sending.deeds(id)]) : [[], []];
      known = { destinations, troubles, deliveries, deeds };
      sendTo?.offer(destinations);
    },
    /** The part of a form that says where files go; the last one is kept up to date. */
    sendTo(schedule: Schedule | null): SendTo {
      sendTo = createSendTo(document, schedule);
      sendTo.offer(known.destinations);
      return sendTo;
    },
    known: () => known,
    destinations: () => drawDestinations(document, known.destinations, (name) => void test(name)),
    /** Of the window that is chosen; `told` null: it is not known yet what is at its place. */
    deliveries(row: WindowRow, zone: string, told: WindowTold | null): HTMLElement[] {
      const rows = known.deliveries.filter(({ schedule, until }) => schedule === row.schedule && until === row.until);
      const { published } = row;
      if (!published) return [];
      const { folder, revision, time, gone = null } = published;
      const there = told?.revisions.find((one) => one.revision === revision)?.there ?? true;
      const place = { path: `exports/${folder}`, revision, time, there, gone };
      return [drawDeliveries(document, rows, known.destinations, zone, (one) => void again(one), place)];
    },
    deeds(zone: string): HTMLElement {
      const isOpen = document.querySelector('details.box')?.hasAttribute('open') ?? false;
      return drawDeeds(document, known.deeds, zone, isOpen);
    },
  };
}
