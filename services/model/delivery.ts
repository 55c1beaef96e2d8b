import Type, { type Static } from 'typebox';
import { Maybe, Time } from './fields.ts';

/** How a revision stands with a destination. `superseded`: a later revision goes instead. */
export const DELIVERY_STATES = ['waiting', 'sending', 'sent', 'failed', 'superseded'] as const;

/** One revision of one window on its way to one destination: one row, whose versions are its tries. Times are UTC ms. */
export const Delivery = Type.Object({
  schedule: Type.String(),
  until: Time,
  revision: Type.Integer({ minimum: 1 }),
  destination: Type.String(),
  /** the same over all tries, so that who gets it twice can tell; null: it was never tried */
  id: Maybe(Type.String()),
  state: Type.Unsafe<(typeof DELIVERY_STATES)[number]>({ type: 'string', enum: [...DELIVERY_STATES] }),
  attempt: Type.Integer(),
  /** of the last try */
  time: Maybe(Time),
  error: Maybe(Type.String()),
  /** it failed and is tried again then; null: when somebody asks */
  retry: Maybe(Time),
  /** what is through, and is not sent again: names of files, or hashes of addresses */
  done: Type.Array(Type.String()),
  /** of how many */
  parts: Type.Integer(),
  broken: Type.Optional(
    Type.Boolean({
      description: 'the process ended during a try: a mail or a webhook may have come twice, under the same id',
    }),
  ),
});
export type Delivery = Static<typeof Delivery>;

/** Something that failed and that somebody may have to look after. `key` is that of its row. */
export const Trouble = Type.Object({
  key: Type.String(),
  /** null: it is no schedule's but something that a rule says */
  schedule: Maybe(Type.String()),
  name: Type.String(),
  /** the end of a window, or when what a rule says began to hold or to be over */
  until: Time,
  destination: Maybe(Type.String()),
  /** what failed, in a sentence */
  what: Type.String(),
  reason: Type.String(),
  retry: Maybe(Time),
  /** its schedule is paused: it is tried again when that goes on */
  rests: Type.Boolean(),
});
export type Trouble = Static<typeof Trouble>;
