-- Minute frames as jobs write them; files of before 22 November 2026 lack the last four columns, which are NULL then.
CREATE TABLE told (
  room VARCHAR, minute TIMESTAMP, frames INTEGER, gap INTEGER, present BIGINT, peak INTEGER, parked BIGINT,
  claps BIGINT, temperature BIGINT, felt INTEGER,
  unmeasured INTEGER, silent INTEGER, deaf INTEGER, thin INTEGER, good INTEGER,
  heard INTEGER, low BIGINT, high BIGINT, usual INTEGER
)
