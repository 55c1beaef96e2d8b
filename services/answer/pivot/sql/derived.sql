-- What a question about presences and frames reads: who was where (ms since 1970), cut where a badge was handed on, and the
-- sums of what the frames of a minute said of a room (units: frames_tables.sql).
CREATE TABLE presence (badge VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT, parked BOOLEAN);
CREATE TABLE said (
  room VARCHAR, start BIGINT, frames INTEGER, made INTEGER, gap INTEGER, present BIGINT, peak INTEGER, parked BIGINT,
  claps BIGINT, temperature BIGINT, felt INTEGER,
  unmeasured INTEGER, silent INTEGER, deaf INTEGER, thin INTEGER, good INTEGER
);
-- What is expected of a room from when until when, in hundredths of a badge: a row for each half hour since 1970 (`block`) that it touches.
CREATE TABLE normal (room VARCHAR, block BIGINT, begins BIGINT, ends BIGINT, expected INTEGER);
CREATE TABLE team (badge VARCHAR, "group" VARCHAR, counted BOOLEAN, begins BIGINT, ends BIGINT);
