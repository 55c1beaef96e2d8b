import { element } from './draw/element.ts';
import type { MenuItem } from './draw/explore/menu.ts';
import type { Toast } from './draw/explore/toast.ts';
import { idFor, type SavedView, type ViewStore } from './read/views.ts';
import { type Exploration, explorationOf, queryOf, readExploration, writeExploration } from './view/explore/address.ts';
import type { Preset } from './view/explore/presets.ts';
import type { ExploreState } from './view/explore/state.ts';
import type { State } from './view/state.ts';

export type Saving = {
  document: Document;
  store: ViewStore;
  state: State<ExploreState>;
  toast: Toast;
  /** of what is looked at */
  title(): string;
  go(to: Exploration, words: string): void;
};

/** Characters of a name at most. */
const NAME_MAX = 80;

/** The questions that come with the page, and the views that somebody has saved. */
export function viewItems(presets: Preset[], of: Saving): MenuItem[] {
  return [
    { head: 'Questions' },
    ...presets.map(
      ({ name, hint, exploration }): MenuItem => ({
        label: name,
        hint,
        run: () => {
          of.state.set({ opened: null });
          of.go(exploration, `${name} is open.`);
        },
      }),
    ),
    ...savedItems(of),
  ];
}

function savedItems(of: Saving): MenuItem[] {
  const { saved, opened, exploration } = of.state.get();
  if (!saved) return [];
  const mine = saved.find(({ id }) => id === opened);
  const isChanged = mine !== undefined && mine.look !== writeExploration('', exploration);
  return [
    'line',
    { head: 'Saved views' },
    ...saved.map(
      (view): MenuItem => ({ label: view.name, isOn: view.id === opened && !isChanged, run: () => open(of, view) }),
    ),
    { label: 'Save this view…', hint: 'Ctrl S', run: () => askSave(of) },
    ...(mine && isChanged ? [{ label: `Overwrite “${mine.name}”`, run: () => keep(of, mine.name) }] : []),
    ...(mine ? [{ label: `Rename “${mine.name}”…`, run: () => askRename(of, mine) }] : []),
    ...(mine ? [{ label: `Delete “${mine.name}”`, run: () => remove(of, mine) }] : []),
  ];
}

/** A view that a page saved says how it looked; one of another hand is its question alone. */
function open({ state, go }: Saving, { id, name, look, query }: SavedView): void {
  state.set({ opened: id });
  go(readExploration(look) ?? explorationOf(query), `${name} is open.`);
}

/** Asks what a view is to be called; the name of another one overwrites that. */
export function askSave(of: Saving): void {
  const { saved } = of.state.get();
  if (!saved) {
    of.toast.say('This service keeps no views. The link holds all of it: copy that.');
    return;
  }
  const taken = (name: string) => (saved.some((view) => view.name === name) ? 'Overwrite' : 'Save');
  askName(of.document, 'Save this view', of.title().slice(0, NAME_MAX), taken, (name) => keep(of, name));
}

function askRename(of: Saving, view: SavedView): void {
  askName(
    of.document,
    'Rename this view',
    view.name,
    () => 'Rename',
    (name) => rename(of, view, name),
  );
}

function askName(
  document: Document,
  title: string,
  name: string,
  act: (name: string) => string,
  named: (name: string) => void,
): void {
  const words = { 'aria-label': 'Name of the view', placeholder: 'Name of the view' };
  const input = element(document, 'input', {
    type: 'text',
    class: 'input',
    maxlength: String(NAME_MAX),
    required: '',
    ...words,
  });
  const button = element(document, 'button', { type: 'submit', class: 'button primary' }, act(name));
  const cancel = element(document, 'button', { type: 'button', class: 'button' }, 'Cancel');
  const head = element(document, 'h2', { id: 'save-title' }, title);
  const buttons = element(document, 'div', { class: 'buttons' }, button, cancel);
  const form = element(document, 'form', { method: 'dialog' }, head, input, buttons);
  const dialog = element(document, 'dialog', { class: 'filter', 'aria-labelledby': 'save-title' }, form);
  input.value = name;
  input.addEventListener('input', () => {
    button.textContent = act(input.value.trim());
  });
  cancel.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => dialog.remove());
  form.addEventListener('submit', () => input.value.trim() && named(input.value.trim()));
  document.body.append(dialog);
  dialog.showModal();
  input.select();
}

/** Keeps what is looked at under a name; what that name stood for before can be had back. */
async function keep(of: Saving, name: string): Promise<void> {
  const { exploration, saved } = of.state.get();
  const before = saved?.find((view) => view.name === name);
  const look = writeExploration('', exploration);
  const isKept = await put(of, { id: idFor(name, saved ?? []), name, query: queryOf(exploration), look });
  if (!isKept) failed(of, name, 'saved');
  else if (before) of.toast.say(`${name} is overwritten.`, { label: 'Undo', run: () => void put(of, before) });
  else of.toast.say(`${name} is saved.`);
}

/** Only the name changes: whoever asks for the view by its id goes on finding it. */
async function rename(of: Saving, view: SavedView, name: string): Promise<void> {
  const { saved } = of.state.get();
  const isTaken = saved?.some((other) => other.name === name && other.id !== view.id);
  if (isTaken) of.toast.say(`There is a view called ${name} already.`);
  else if (!(await put(of, { ...view, name }))) failed(of, view.name, 'renamed');
  else of.toast.say(`${view.name} is called ${name} now.`, { label: 'Undo', run: () => void put(of, view) });
}

async function remove(of: Saving, view: SavedView): Promise<void> {
  const { state, store, toast } = of;
  if (!(await store.remove(view.id))) {
    failed(of, view.name, 'deleted');
    return;
  }
  state.set({ saved: (state.get().saved ?? []).filter(({ id }) => id !== view.id), opened: null });
  toast.say(`${view.name} is deleted.`, { label: 'Undo', run: () => void put(of, view) });
}

/** Keeps a view, here and in the list. */
async function put({ store, state }: Saving, view: SavedView): Promise<boolean> {
  const isKept = await store.save(view);
  const others = (state.get().saved ?? []).filter(({ id }) => id !== view.id);
  const saved = [...others, view].sort((a, b) => a.name.localeCompare(b.name));
  if (isKept) state.set({ saved, opened: view.id });
  return isKept;
}

function failed({ toast }: Saving, name: string, done: string): void {
  toast.say(`${name} could not be ${done}. Try again when the service answers.`);
}
