-- Sums of the frames of one room and minute; what they are is said in services/answer/sql/frames_tables.sql; then the fewest
-- gateways that spoke and heard, and the usual band in tenths with the seconds that had one.
CREATE OR REPLACE TABLE minute (
  room VARCHAR, minute TIMESTAMP, frames INTEGER, gap INTEGER, present BIGINT, peak INTEGER, parked BIGINT,
  claps BIGINT, temperature BIGINT, felt INTEGER,
  unmeasured INTEGER, silent INTEGER, deaf INTEGER, thin INTEGER, good INTEGER,
  heard INTEGER, low BIGINT, high BIGINT, usual INTEGER
)
