import type { ShownFrame } from '../../../services/model/frame.ts';
import type { Holding } from '../../../services/model/notice.ts';
import type { VenueRow } from '../../read/live-rows.ts';
import type { Usual } from '../../read/usual.ts';
import type { LiveAddress } from './address.ts';

/** All that the live page knows, its history apart. Instants are the browser's clock, UTC ms, unless said. */
export type LiveState = LiveAddress & {
  venue: VenueRow | null;
  /** how far the service's clock is ahead of the browser's, ms */
  ahead: number;
  frame: ShownFrame | null;
  /** when it came */
  frameAt: number | null;
  /** of the slots of now and the next */
  usual: Usual;
  /** notices that hold, as the service said last */
  notices: Holding[];
  /** the stream: `lost` until `next` */
  link: { kind: 'connecting' | 'open' } | { kind: 'lost'; since: number; next: number };
  /** how far frames are behind, ms, and whether that is growing less */
  behind: { ms: number; isShrinking: boolean };
  /** the room that is looked at */
  chosen: { room: string; isFocused: boolean } | null;
};
