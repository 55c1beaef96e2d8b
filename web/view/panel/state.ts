import type { PanelPicture } from '../../read/panel.ts';
import type { Connection } from '../connection.ts';
import type { Flows } from './flows.ts';
import type { Order } from './gateways.ts';

/** All that the panel knows; what is chosen stands in the address. */
export type PanelState = {
  picture: PanelPicture | null;
  flows: Flows;
  connection: Connection;
  order: Order;
  gateway: string | null;
  reject: string | null;
};

/** What is drawn. `now` is the service's clock, UTC ms. */
export type PanelScene = Omit<PanelState, 'picture'> & {
  picture: PanelPicture;
  now: number;
  zone: string;
  roomName: (id: string) => string;
};

/** The scene at a moment (browser's clock, UTC ms). */
export function panelSceneOf(state: PanelState, picture: PanelPicture, browserNow: number): PanelScene {
  const names = new Map(picture.venue.venue.rooms.map(({ id, name }) => [id, name ?? id]));
  // Whole seconds say nothing of less than two of them.
  const ahead = picture.clock === null || Math.abs(picture.clock - picture.at) < 2000 ? 0 : picture.clock - picture.at;
  return {
    ...state,
    picture,
    now: browserNow + ahead,
    zone: picture.venue.zone,
    roomName: (id) => names.get(id) ?? id,
  };
}
