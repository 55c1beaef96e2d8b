import { element } from './draw/element.ts';
import type { Menu, MenuItem } from './draw/explore/menu.ts';
import type { Toast } from './draw/explore/toast.ts';
import type { ViewStore } from './read/views.ts';
import { idOf, type SavedView } from './read/views.ts';
import { type Exploration, queryOf, readExploration, writeExploration } from './view/explore/address.ts';
import type { Preset } from './view/explore/presets.ts';
import type { ExploreState } from './view/explore/state.ts';
import type { State } from './view/state.ts';

type Saving = {
  document: Document;
  store: ViewStore;
  state: State<ExploreState>;
  toast: Toast;
  go(to: Exploration, words: string): void;
};

/** The questions that come with the page, and the views that somebody has saved. */
export function viewItems(presets: Preset[], of: Saving): MenuItem[] {
  const { saved } = of.state.get();
  const open = ({ name, query, look }: SavedView): MenuItem => ({
    label: name,
    run: () =>
      of.go(readExploration(look) ?? ({ ...of.state.get().exploration, ...query } as Exploration), `${name} is open.`),
  });
  const keeping: MenuItem[] = saved
    ? [
        'line',
        { head: 'Saved views' },
        ...saved.map(open),
        { label: 'Save this view…', hint: 'Ctrl S', run: () => askName(of) },
        ...removing(of, saved),
      ]
    : [];
  return [
    { head: 'Questions' },
    ...presets.map(
      ({ name, hint, exploration }): MenuItem => ({
        label: name,
        hint,
        run: () => of.go(exploration, `${name} is open.`),
      }),
    ),
    ...keeping,
  ];
}

function removing(of: Saving, saved: SavedView[]): MenuItem[] {
  const here = writeExploration('', of.state.get().exploration);
  const mine = saved.find(({ look }) => look === here);
  return mine ? [{ label: `Delete “${mine.name}”`, run: () => remove(of, mine) }] : [];
}

async function remove({ store, state, toast }: Saving, { id, name }: SavedView): Promise<void> {
  const isGone = await store.remove(id);
  if (isGone) state.set({ saved: (state.get().saved ?? []).filter((view) => view.id !== id) });
  toast.say(isGone ? `${name} is deleted.` : `${name} could not be deleted. Try again when the service answers.`);
}

/** Asks what a view is to be called; the same name again is a new version of it. */
export function askName(of: Saving): void {
  const { document, state } = of;
  if (!state.get().saved) {
    of.toast.say('This service keeps no views. The link holds all of it: copy that.');
    return;
  }
  const input = element(document, 'input', {
    type: 'text',
    maxlength: '80',
    required: '',
    'aria-label': 'Name of the view',
    placeholder: 'Name of the view',
  });
  const save = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Save');
  const cancel = element(document, 'button', { type: 'button', class: 'button' }, 'Cancel');
  const form = element(
    document,
    'form',
    { method: 'dialog' },
    element(document, 'h2', { id: 'save-title' }, 'Save this view'),
    input,
    element(document, 'div', { class: 'buttons' }, save, cancel),
  );
  const dialog = element(document, 'dialog', { class: 'filter', 'aria-labelledby': 'save-title' }, form);
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  form.addEventListener('submit', () => keep(of, input.value.trim()));
  document.body.append(dialog);
  dialog.showModal();
}

async function keep({ store, state, toast }: Saving, name: string): Promise<void> {
  if (!name) return;
  const { exploration, saved } = state.get();
  const view = { id: idOf(name), name, query: queryOf(exploration), look: writeExploration('', exploration) };
  const isKept = await store.save(view);
  if (isKept) state.set({ saved: [...(saved ?? []).filter(({ id }) => id !== view.id), view] });
  toast.say(isKept ? `${name} is saved.` : `${name} could not be saved. Try again when the service answers.`);
}

const LAST = [
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['60d', 'Last 60 days'],
] as const;

/** Which past is asked about. */
export function whenItems({ state, go }: Saving): MenuItem[] {
  const { exploration, venue } = state.get();
  const to = (label: string, span: Exploration['span']): MenuItem => ({
    label,
    isOn: JSON.stringify(span) === JSON.stringify(exploration.span),
    run: () => go({ ...exploration, span, cell: null }, `${label} is asked about.`),
  });
  const events = (venue?.events ?? []).map(({ id, name }) => to(name ?? id, { event: id }));
  return [
    ...(events.length > 0 ? [{ head: 'Events' }, ...events] : []),
    { head: 'Until now' },
    ...LAST.map(([last, label]) => to(label, { last })),
    to('The whole past', {}),
  ];
}

/** The span in words: Conference; last 24 hours. */
export function whenWords({ exploration: { span }, venue }: ExploreState): string {
  if (span.event) return venue?.events?.find(({ id }) => id === span.event)?.name ?? span.event;
  if (span.session) return venue?.sessions?.find(({ id }) => id === span.session)?.title ?? span.session;
  if (span.last) return LAST.find(([last]) => last === span.last)?.[1] ?? `Last ${span.last}`;
  return span.from === undefined && span.until === undefined ? 'The whole past' : 'From a link';
}
export type { Menu };
