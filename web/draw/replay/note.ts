import type { Note } from '../../../services/model/note.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { element, write } from '../element.ts';
import { instantsIn } from '../instant.ts';

export type NoteActs = {
  save(note: Note): void;
  drop(note: Note): void;
  closed(): void;
};

/** As many characters as the service keeps. */
const TEXT_MAX = 2000;

/** A note in a dialog: of which moment it is, its words, and what can be done with it. */
export function createNoteSheet(document: Document, acts: NoteActs) {
  const title = element(document, 'h2', { id: 'note-title' });
  const about = element(document, 'p', { class: 'note' });
  const words = element(document, 'textarea', { rows: '4', maxlength: String(TEXT_MAX), 'aria-label': 'Words' });
  const button = (word: string, kind: string) =>
    element(document, 'button', { type: 'button', class: `button ${kind}`.trim() }, word);
  const [save, close, drop] = [button('Keep', 'primary'), button('Cancel', ''), button('Delete', 'danger')];
  const wall = element(document, 'input', { type: 'checkbox' });
  const onWall = element(document, 'label', { class: 'check' }, wall, ' Show it on the wall, as a notice');
  const row = element(document, 'div', { class: 'acts' }, save, close, drop);
  const node = element(
    document,
    'dialog',
    { class: 'keys-sheet note-sheet', 'aria-labelledby': title.id },
    title,
    about,
    words,
    onWall,
    row,
  );
  let shown: Note | null = null;
  const done = (act: (note: Note) => void) => {
    if (shown) act({ ...shown, text: words.value.trim(), wall: wall.checked });
    node.close();
  };
  save.addEventListener('click', () => done(acts.save));
  drop.addEventListener('click', () => done(acts.drop));
  close.addEventListener('click', () => node.close());
  words.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) done(acts.save);
  });
  node.addEventListener('close', acts.closed);
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
