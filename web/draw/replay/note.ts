import type { Note } from '../../../services/model/note.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { newId } from '../../view/replay/notebook.ts';
import { element, write } from '../element.ts';
import { instantsIn } from '../instant.ts';

export type NoteActs = {
  /** Each resolves to why it was not done, in words; null: it was. */
  save(note: Note): Promise<string | null>;
  drop(note: Note): Promise<string | null>;
  closed(): void;
};

/** As many characters as the service keeps. */
const TEXT_MAX = 2000;

/**
 * A note in a dialog: of which moment it is, its words, and what can be done with it. It stays open with its words until
 * that is done; `late` is told why it was not where somebody has closed it by then.
 */
export function createNoteSheet(document: Document, acts: NoteActs, late: (why: string) => void) {
  const title = element(document, 'h2', { id: 'note-title' });
  const about = element(document, 'p', { class: 'note' });
  const words = element(document, 'textarea', { rows: '4', maxlength: String(TEXT_MAX), 'aria-label': 'Words' });
  const button = (word: string, kind: string) =>
    element(document, 'button', { type: 'button', class: `button ${kind}`.trim() }, word);
  const [save, close, drop] = [button('Keep', 'primary'), button('Cancel', ''), button('Delete', 'danger')];
  const wall = element(document, 'input', { type: 'checkbox' });
  const onWall = element(document, 'label', { class: 'check' }, wall, ' Show it on the wall, as a notice');
  const refused = element(document, 'p', { class: 'refused', role: 'alert' });
  const row = element(document, 'div', { class: 'acts' }, save, close, drop);
  const node = element(
    document,
    'dialog',
    { class: 'keys-sheet note-sheet', 'aria-labelledby': title.id },
    title,
    about,
    words,
    onWall,
    refused,
    row,
  );
  let shown: Note | null = null;
  /** a new note keeps the id of its first try: what is tried again is written once */
  let id = '';
  const busy = (isBusy: boolean) => {
    for (const one of [save, drop]) one.disabled = isBusy;
  };
  const done = async (act: NoteActs['save']) => {
    const of = shown;
    if (!of || save.disabled) return;
    busy(true);
    const why = await act({ ...of, id, text: words.value.trim(), wall: wall.checked });
    if (shown !== of) return void (why !== null && late(why));
    busy(false);
    write(refused, why ?? '');
    if (why === null) node.close();
  };
  save.addEventListener('click', () => void done(acts.save));
  drop.addEventListener('click', () => void done(acts.drop));
  close.addEventListener('click', () => node.close());
  words.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void done(acts.save);
  });
  // Told a moment later: by then it may be open again.
  node.addEventListener('close', () => node.open || acts.closed());
  return {
    node,
    update(note: Note | null, venue: VenueFile) {
      if (note === shown) return;
      shown = note;
      if (!note) return void (node.open && node.close());
      write(title, note.id ? 'Note' : 'New note');
      write(about, `${momentOf(note, venue)}. Without words it is a bookmark.`);
      words.value = note.text;
      wall.checked = note.wall;
      id = note.id || newId();
      busy(false);
      write(refused, '');
      drop.hidden = note.id === '';
      if (!node.open) node.showModal();
      words.focus();
    },
  };
}

/** "Tue 3 Nov 10:42 to 11:10, in the lounge". */
function momentOf({ time, until, room }: Note, { zone, rooms }: VenueFile): string {
  const { day, minute } = instantsIn(zone);
  const end = until === null ? '' : ` to ${minute(until)}`;
  const where = room === null ? '' : `, ${rooms.find(({ id }) => id === room)?.name ?? room}`;
  return `${day(time)} ${minute(time)}${end}${where}`;
}

/** What was just done, for a while, and how to undo it. */
export function createToast(document: Document) {
  const words = element(document, 'span');
  const undo = element(document, 'button', { type: 'button', class: 'button small' }, 'Undo');
  const node = element(document, 'div', { class: 'toast', role: 'status', hidden: '' }, words, undo);
  const SHOWN_MS = 6000;
  let timer: ReturnType<typeof setTimeout>;
  let act: (() => void) | null = null;
  const hide = () => {
    node.hidden = true;
  };
  undo.addEventListener('click', () => {
    hide();
    act?.();
  });
  return {
    node,
    /** `back` undoes it; null where nothing can. What can be undone stands until it is, or until something else is said. */
    say(text: string, back: (() => void) | null) {
      write(words, text);
      act = back;
      undo.hidden = back === null;
      node.hidden = false;
      clearTimeout(timer);
      timer = setTimeout(hide, back ? 3 * SHOWN_MS : SHOWN_MS);
    },
  };
}
