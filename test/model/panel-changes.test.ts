import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { VenueFile } from '../../services/model/venue.ts';
import type { DeedRow } from '../../web/read/sending.ts';
import { changesSince } from '../../web/view/panel/changes.ts';

const NOON = Date.UTC(2026, 10, 3, 12);
const deed = (did: DeedRow['did'], what: string, time: number): DeedRow => ({
  ...{ did, what, time, who: 'ann', schedule: null },
});

it('changesSince(midnight) tells a move once, with who did it; one of an earlier day as what was done today', () => {
  const venue: VenueFile = { zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [] };
  const changes = [{ time: NOON - 3_600_000, gateways: 1, room: 'hall', sentence: 'Gateway pi-1 was moved to hall' }];
  const deeds = [
    deed('moved', 'pi-1 to hall from 11:00', NOON - 60_000),
    deed('moved', 'pi-10 to hall from yesterday', NOON - 30_000),
  ];
  const found = changesSince(NOON - 12 * 3_600_000, NOON, deeds, { venue, changes });
  assert.deepEqual(
    found.map(({ what, who }) => [what, who]),
    [
      ['moved: pi-10 to hall from yesterday', 'ann'],
      ['Gateway pi-1 was moved to hall', 'ann'],
    ],
  );
});
