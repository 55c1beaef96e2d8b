import { element } from './element.ts';

/** Where there is nothing yet: how to look at a simulated conference first. */
export const simulatedFirst = (document: Document): (string | Node)[] => [
  'To look at a simulated conference first, stop Hallway and start it in an empty folder: ',
  element(document, 'code', {}, 'DATA_DIR=.hallway-demo DEMO=on npm start'),
];
