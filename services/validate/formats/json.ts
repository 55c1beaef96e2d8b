import { OPEN_ARRAY } from '../ascii.ts';
import type { Context } from '../context.ts';
import type { Framer } from '../detect.ts';
import type { Output } from '../output.ts';
import type { Window } from '../window.ts';
import { Elements } from './elements.ts';
import { Lines } from './lines.ts';

/** Reads JSON: objects by line or over lines, arrays of them, one after another in any mixture. */
export function createJson(window: Window, context: Context, output: Output): Framer {
  let inArray = window.bytes[window.from] === OPEN_ARRAY;
  const isFirst = inArray;
  const lines = new Lines(window, context, output);
  let elements: Elements | undefined;
  return (isLast) => {
    // each stops before what is the other's
    for (;;) {
      if (inArray) elements ??= new Elements(window, context, output, isFirst);
      if (!(inArray && elements ? elements : lines).read(isLast)) return;
      inArray = !inArray;
    }
  };
}
