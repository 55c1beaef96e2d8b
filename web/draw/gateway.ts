import type { GatewayRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import { age, isOld, isPast } from './age.ts';
import { element, mark, type Part, svg, write } from './element.ts';
import { instantsIn } from './instant.ts';
import { amount, number, UNKNOWN } from './number.ts';
import type { DrawnRow } from './rows.ts';
import { createStateMark, type StateShown } from './state.ts';

/** What a row is drawn against: the page, and the largest count in the table. */
type Around = { scene: Scene; most: number };

const STATUS: Record<'online' | 'offline', StateShown> = {
  online: { shape: 'solid', tone: 'ok', word: 'online' },
  offline: { shape: 'hollow', tone: 'danger', word: 'offline' },
};

/** One gateway: where it is, how it is, what it heard. */
export function createGatewayRow(document: Document, around: () => Around): DrawnRow<GatewayRow> {
  const cell = (column: string, ...children: Node[]) =>
    element(document, 'td', { role: 'cell', class: column }, ...children);
  const id = element(document, 'th', { role: 'rowheader', scope: 'row', class: 'gateway mono' });
  const room = createRoom(document);
  const status = createStatus(document);
  const count = createCount(document);
  const badges = cell('badges number');
  const rssi = cell('rssi number');
  const heard = createHeard(document);
  const cells = [cell('room', room.node), cell('status', status.node), cell('observations number', count.node)];
  return {
    node: element(document, 'tr', { role: 'row' }, id, ...cells, badges, rssi, cell('received number', heard.node)),
    update(row) {
      const { scene, most } = around();
      write(id, row.gateway);
      room.update({ row, roomName: scene.roomName });
      status.update({ status: row.status, isNow: isNow(row, scene) });
      count.update({ count: row.observations, most });
      write(badges, number(row.badges));
      write(rssi, amount(row.rssi, 'dBm'));
      heard.update({ row, scene });
    },
  };
}

function createRoom(document: Document): Part<{ row: GatewayRow; roomName: (id: string) => string }> {
  const name = element(document, 'span');
  const stranger = createStateMark(document);
  stranger.update({ shape: 'dashed', tone: 'notice', word: 'not in the venue' });
  const node = element(document, 'span', {}, name, stranger.node);
  return {
    node,
    update({ row, roomName }) {
      write(name, row.room === null ? UNKNOWN : roomName(row.room));
      name.hidden = !row.known;
      stranger.node.hidden = row.known;
    },
  };
}

/** What was said long ago, or is shown without a connection, has not the colour of now. */
const isNow = ({ received }: GatewayRow, { now, connection }: Scene): boolean =>
  connection.kind === 'live' && received !== null && !isOld(now - received) && !isPast(now - received);

/** What it last said of itself; one that sends no heartbeats has said nothing. */
function createStatus(document: Document): Part<{ status: GatewayRow['status']; isNow: boolean }> {
  const state = createStateMark(document);
  const unknown = element(document, 'span', { class: 'muted' }, UNKNOWN);
  return {
    node: element(document, 'span', {}, state.node, unknown),
    update({ status, isNow }) {
      state.node.hidden = status === null;
      unknown.hidden = status !== null;
      if (status) state.update(isNow ? STATUS[status] : { ...STATUS[status], tone: 'muted' });
    },
  };
}

const BAR = 40;

/** A count, and its share of the largest one as a bar. */
function createCount(document: Document): Part<{ count: number; most: number }> {
  const value = element(document, 'span');
  const bar = svg(document, 'rect', { height: '6' });
  const bars = svg(document, 'svg', { class: 'share', viewBox: `0 0 ${BAR} 6`, 'aria-hidden': 'true' }, bar);
  return {
    node: element(document, 'span', { class: 'count' }, bars, value),
    update({ count, most }) {
      write(value, number(count));
      const width = count === 0 ? 0 : Math.max(1, (count / most) * BAR);
      mark(bar, 'width', width.toFixed(1));
    },
  };
}

/** When it was last heard, and how long ago that is. */
function createHeard(document: Document): Part<{ row: GatewayRow; scene: Scene }> {
  const time = element(document, 'time', { class: 'when' });
  const ago = element(document, 'span', { class: 'age' });
  return {
    node: element(document, 'span', { class: 'heard' }, time, ago),
    update({ row: { received, known }, scene }) {
      if (received === null) {
        write(ago, 'never');
        mark(ago, 'data-tone', 'past');
        return;
      }
      const instants = instantsIn(scene.zone);
      const ms = scene.now - received;
      write(time, instants.short(received, scene.now));
      mark(time, 'datetime', new Date(received).toISOString());
      mark(time, 'title', instants.whole(received));
      // Only of a gateway of the venue is it known that it should speak.
      const isLate = known && isOld(ms);
      write(ago, isLate ? `⚠ ${age(ms)}` : age(ms));
      mark(ago, 'data-tone', isLate ? 'warn' : isOld(ms) || isPast(ms) ? 'past' : null);
    },
  };
}
