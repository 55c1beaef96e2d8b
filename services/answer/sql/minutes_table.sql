-- What every room was like in each minute, by sums of integers: the one place that knows the columns of frames.
-- covered: good for the most part; state: the coverage that held longest, the worse on a tie.
CREATE TABLE minutes (
  room VARCHAR, time TIMESTAMP, people_ms BIGINT, seconds INTEGER, claps BIGINT, centi BIGINT, felt INTEGER, state VARCHAR,
  covered BOOLEAN
)
