import type { Fault } from '../../read/call.ts';
import { element } from '../element.ts';

type Field = { control: HTMLElement; words: HTMLElement };

/** What is no part of a question and has no field. */
const APART = ['', 'id', 'since', 'paused', 'profile', 'scope'];
let made = 0;

/** Says what is refused below the field that it is about; what is about none of them stands in `node`. Fields are named by JSON pointers. */
export function createFaults(document: Document) {
  const node = element(document, 'div', { class: 'faults', role: 'alert', tabindex: '-1' });
  const fields = new Map<string, Field>();
  const clear = ({ control, words }: Field) => {
    words.replaceChildren();
    control.removeAttribute('aria-invalid');
  };
  /** Of `/formats/0` the field of `/formats`; whatever else a question says is its own. */
  const fieldOf = (pointer: string): Field | undefined => {
    const named = [...fields].find(([own]) => pointer === own || pointer.startsWith(`${own}/`))?.[1];
    return named ?? (APART.includes(pointer.split('/')[1] ?? '') ? undefined : fields.get('/query'));
  };
  return {
    node,
    /** Where the faults of a field stand. A fieldset is described, not invalid: what is in it can be hit. */
    below(pointer: string, control: HTMLElement): HTMLElement {
      const words = element(document, 'small', { class: 'fault', role: 'alert', id: `fault-${++made}` });
      control.setAttribute('aria-describedby', words.id);
      fields.set(pointer, { control, words });
      return words;
    },
    /** Says these in place of what was said of `pointers`; without them in place of all. */
    say(found: readonly Fault[], pointers: readonly string[] | null = null): void {
      for (const [pointer, field] of fields) if (!pointers || pointers.includes(pointer)) clear(field);
      if (!pointers) node.replaceChildren();
      for (const fault of found) {
        const field = fieldOf(fault.pointer);
        if (!field) node.append(element(document, 'p', {}, wordsOf(fault, '')));
        else if (field.words.childElementCount === 0) {
          field.words.append(
            element(document, 'span', {}, wordsOf(fault, [...fields].find(([, one]) => one === field)![0])),
          );
          if (field.control.tagName !== 'FIELDSET') field.control.setAttribute('aria-invalid', 'true');
        }
      }
    },
    /** Of what somebody writes in nothing is said until it is looked at again. */
    forget(target: Node): void {
      for (const field of fields.values()) if (field.control.contains(target)) clear(field);
    },
    /** Brings the first into sight, and the keyboard to it. */
    show(): void {
      const first = [...fields.values()].find(({ words }) => words.childElementCount > 0);
      const at = first?.control.matches('fieldset') ? first.control.querySelector('input') : first?.control;
      (at ?? node).focus({ preventScroll: true });
      first?.control.scrollIntoView({ block: 'center' });
      first?.words.scrollIntoView({ block: 'nearest' });
    },
  };
}
export type Faults = ReturnType<typeof createFaults>;

/** Expected a minute of 0 to 59, found "61". What is within a field, or in none, is named; nobody writes texts and null in a form. */
function wordsOf({ pointer, expected, found }: Fault, field: string): string {
  const where = field && pointer.startsWith(field) ? pointer.slice(field.length + 1) : pointer.slice(1);
  const wanted = expected.replace(/^text of /, '').replace(/,? or null$/, ', or nothing');
  const words = `xpected ${wanted}, found ${found || 'nothing'}`;
  return where ? `${where}: e${words}` : `E${words}`;
}
