import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Place, Shelf } from '../../view/explore/shelves.ts';

/** What is dragged: a field of the list by its name, or what stands on a shelf. */
export type Dragged = { name: string } | { place: Place };
type Point = { clientX: number; clientY: number };

/** Lets a node be taken hold of with the mouse. */
export function letDrag(node: HTMLElement, dragged: () => Dragged): void {
  draggable({
    element: node,
    getInitialData: () => dragged() as Record<string, unknown>,
    onDragStart: () => node.classList.add('dragged'),
    onDrop: () => node.classList.remove('dragged'),
  });
}

/** Lets chips and fields be dropped on a shelf; while one is over it, a line shows where it would stand. */
export function letDrop(node: HTMLElement, shelf: Shelf, dropped: (what: Dragged, to: Place) => void): void {
  const chips = () => [...node.querySelectorAll<HTMLElement>('.chip')];
  const showAt = (at: number | null) => {
    node.classList.toggle('over', at !== null);
    chips().forEach((chip, i, all) => {
      chip.classList.toggle('before', i === at);
      chip.classList.toggle('after', at === all.length && i === all.length - 1);
    });
  };
  dropTargetForElements({
    element: node,
    onDrag: ({ location }) => showAt(placeAt(chips(), location.current.input)),
    onDragLeave: () => showAt(null),
    onDrop({ source, location }) {
      showAt(null);
      dropped(source.data as Dragged, { shelf, at: placeAt(chips(), location.current.input) });
    },
  });
}

/** Before which chip a point lies, in lines of chips; after all of them where it lies before none. */
function placeAt(chips: HTMLElement[], { clientX, clientY }: Point): number {
  const at = chips.findIndex((chip) => {
    const { left, width, bottom, top } = chip.getBoundingClientRect();
    return clientY < top || (clientY <= bottom && clientX < left + width / 2);
  });
  return at === -1 ? chips.length : at;
}
