-- Who was there (ms since 1970; `ends` NULL: still), who belongs to which group when, what of the venue a key of the answer is
-- about (`scope` of presences, `ground` of what frames said), the steps, and the sums of frames by room.
CREATE TEMP TABLE presence (badge VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT, parked BOOLEAN);
CREATE TEMP TABLE member (badge VARCHAR, team VARCHAR, counted BOOLEAN, begins BIGINT, ends BIGINT);
CREATE TEMP TABLE scope (key VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT);
CREATE TEMP TABLE ground (key VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT);
CREATE TEMP TABLE key (place INTEGER, key VARCHAR);
CREATE TEMP TABLE bin (bin INTEGER, name VARCHAR, start BIGINT, until BIGINT);
-- Of one room from `start` on, for a minute or a step: seconds that have a frame with the room, that have a frame at all, and
-- that have none; badge-seconds, the most at once, badge-seconds on tables; tenths of a clap; 0.01 °C and the seconds that had
-- one; seconds by coverage.
CREATE TEMP TABLE said (
  room VARCHAR, start BIGINT, frames INTEGER, made INTEGER, gap INTEGER, present BIGINT, peak INTEGER, parked BIGINT,
  claps BIGINT, temperature BIGINT, felt INTEGER,
  unmeasured INTEGER, silent INTEGER, deaf INTEGER, thin INTEGER, good INTEGER
);
