import type { Fault } from '../../read/call.ts';
import type { NewPlace } from '../../read/panel.ts';
import { instantOf } from '../../view/live/gateways.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { awaiting, element, type Part, write } from '../element.ts';
import { actButton, createPlace } from './parts.ts';
import { createPlaceFields } from './place-fields.ts';

type Acts = { place(gateway: string, place: NewPlace): Promise<readonly Fault[] | null> };
type PlaceForm = Part<PanelScene> & { point(at: [number, number], room: string | null): void };

const HINT =
  'Click the plan to fill in a place. Valid from: empty is now, else like 2026-11-03T10:00:00Z. What was before stays as it was.';

/** Where the picked gateway stands, and a form for where it stands from now on, or from an instant. */
export function createPlaceForm(document: Document, acts: Acts): PlaceForm {
  const { node, note, body } = createPlace(document, 'place', 'Its place');
  const fields = createPlaceFields(document);
  const where = element(document, 'p');
  const problem = element(document, 'p', { class: 'problem', role: 'alert' });
  let scene: PanelScene | null = null;
  let shown: string | null = null;
  const toggle = (isOpen: boolean) => {
    form.hidden = !isOpen;
    open.hidden = isOpen;
    write(problem, '');
  };
  const open = actButton(document, 'It was moved or raised …', () => {
    fields.fill((scene && placeIn(scene)) ?? {});
    toggle(true);
    fields.focus();
  });
  const form = formOf(document, [fields.node, problem], () => toggle(false));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const faults = scene?.gateway ? await awaiting(form, acts.place(scene.gateway, fields.read())) : null;
    if (faults) write(problem, faults.map(wordsOfFault).join('; '));
    else toggle(false);
  });
  body.append(where, open, form);
  toggle(false);
  return {
    node,
    point: (at, room) => void (form.hidden || fields.point(at, room)),
    update(next) {
      scene = next;
      node.hidden = next.gateway === null;
      fields.rooms(next.picture.venue.venue.rooms);
      if (shown !== next.gateway) toggle(false);
      shown = next.gateway;
      write(note, next.gateway ?? '');
      write(where, wordsOf(next));
    },
  };
}

function formOf(document: Document, [fields, problem]: [HTMLElement, HTMLElement], close: () => void): HTMLFormElement {
  const save = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Save its place');
  const cancel = actButton(document, 'Cancel', close, { class: 'button' });
  return element(
    document,
    'form',
    { 'aria-label': 'Place of a gateway', novalidate: '' },
    fields,
    element(document, 'p', { id: 'place-hint', class: 'muted' }, HINT),
    problem,
    element(document, 'div', { class: 'row' }, save, cancel),
  );
}

const wordsOfFault = ({ pointer, expected, found }: Fault): string =>
  `${pointer.slice(1) || 'it'}: expected ${expected}, found ${found}`;

/** The row of the venue that holds now for the gateway that is picked. */
function placeIn({ picture, now, gateway }: PanelScene) {
  const isBegun = (from?: string | number) => from === undefined || instantOf(from) <= now;
  const isOver = (until?: string | number) => until !== undefined && instantOf(until) <= now;
  return picture.venue.venue.gateways.find(({ id, from, until }) => id === gateway && isBegun(from) && !isOver(until));
}

function wordsOf(scene: PanelScene): string {
  const place = placeIn(scene);
  if (!place) return 'The venue does not know where it stands.';
  const at = place.x === undefined || place.y === undefined ? '' : `, at ${place.x} m × ${place.y} m`;
  const height = place.height === undefined ? '' : `, ${place.height} m above the floor`;
  return `${scene.roomName(place.room)}${at}${height}.`;
}
