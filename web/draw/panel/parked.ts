import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { element, type Part, write } from '../element.ts';
import { counted, number } from '../number.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { actButton, createPlace, nothing } from './parts.ts';

type Acts = {
  enroll(badge: string, group: string): void;
  group(group: string, counted: boolean): void;
  list(csv: string): void;
};
const HEADS = [{ title: 'Badge' }, { title: 'Room' }, { title: 'Parked for', isNumber: true }, { title: '' }];
const GROUP_HEADS = [{ title: 'Group' }, { title: 'Badges', isNumber: true }, { title: 'Counts' }, { title: '' }];
/** Rows that are drawn at most. */
const ROWS_MAX = 50;
/** A group that is made when somebody does not want a badge counted and the venue has no such group. */
const ASIDE = 'not-counted';

/** Badges that lie on a table, groups of badges, and which of them count. */
export function createParked(document: Document, acts: Acts): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'badges', 'Parked badges and groups');
  const [lying, groups] = [element(document, 'div'), element(document, 'div')];
  const file = element(document, 'input', { type: 'file', id: 'badge-list', accept: '.csv,text/csv' });
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const text = await chosen.text();
    file.value = '';
    acts.list(text);
  });
  const upload = element(
    document,
    'p',
    { class: 'upload' },
    element(document, 'label', { for: 'badge-list' }, 'A list of badges (CSV: id,group,from,until)'),
    file,
    element(
      document,
      'small',
      { class: 'muted' },
      'Ids are hashed as they are read: none is kept or shown. The list takes the place of the one before.',
    ),
  );
  body.append(lying, groups, upload);
  const [drawLying, drawGroups] = [createDrawn(lying), createDrawn(groups)];
  return {
    node,
    update(scene) {
      const { parked, groups } = scene.picture;
      write(note, parked.length === 0 ? '' : `${counted(parked.length, 'badge')} on a table, in no count`);
      upload.hidden = !groups?.length;
      drawLying([parked, groups, Math.floor(scene.now / 60_000)], () => lyingOf(document, scene, acts));
      drawGroups(groups, () => groupsOf(document, scene, acts));
    },
  };
}

function lyingOf(document: Document, { picture: { parked, groups }, now, roomName }: PanelScene, acts: Acts) {
  if (parked.length === 0) return [nothing(document, 'No badge lies on a table: each has moved within four hours.')];
  const aside = groups?.find(({ counted }) => !counted)?.group ?? ASIDE;
  const isThere = groups?.some(({ group }) => group === aside) ?? false;
  const lines = parked.slice(0, ROWS_MAX).map(({ badge, room, from }) => ({
    cells: [
      element(document, 'span', { class: 'mono' }, badge),
      roomName(room),
      age(now - from),
      ...(isThere
        ? [
            actButton(document, 'Never count it', () => acts.enroll(badge, aside), {
              name: `Never count ${badge}`,
              key: `aside-${badge}`,
            }),
          ]
        : ['']),
    ],
  }));
  const rest = parked.length - lines.length;
  return [
    drawTable(document, 'parked-rows', 'Parked badges', HEADS, lines),
    ...(rest > 0 ? [nothing(document, `And ${number(rest)} more.`)] : []),
    ...(groups && !isThere ? [offer(document, acts)] : []),
  ];
}

/** Without a group that does not count there is nowhere to put a badge. */
const offer = (document: Document, acts: Acts): HTMLElement =>
  element(
    document,
    'p',
    { class: 'also' },
    'A parked badge counts again when it moves. To keep some out for good, ',
    actButton(document, 'make a group that does not count', () => acts.group(ASIDE, false), { key: 'make-aside' }),
  );

function groupsOf(document: Document, { picture: { groups } }: PanelScene, acts: Acts) {
  if (groups === null)
    return [
      nothing(document, 'This process reads the venue at its start: groups are changed in badges.csv beside it.'),
    ];
  if (groups.length === 0) return [nothing(document, 'The venue has no groups of badges: everybody counts.')];
  const lines = groups.map(({ group, name, counted, usual, badges }) => ({
    cells: [
      element(document, 'span', {}, `${name ?? group}${usual ? ', if in no list' : ''}`),
      usual ? 'the rest' : number(badges),
      counted ? 'counted' : 'not counted',
      actButton(document, counted ? 'Do not count' : 'Count', () => acts.group(group, !counted), {
        name: `${counted ? 'Do not count' : 'Count'} ${name ?? group}`,
        key: `group-${group}`,
      }),
    ],
  }));
  return [drawTable(document, 'group-rows', 'Groups', GROUP_HEADS, lines)];
}
