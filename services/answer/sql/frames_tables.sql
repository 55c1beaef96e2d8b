CREATE TABLE presence (badge VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT, parked BOOLEAN);
CREATE TABLE bin (start BIGINT, until BIGINT);
-- What the frames of a bin said of a room; `measured` are its seconds in which the room was measured.
CREATE TABLE seen (
  place INTEGER, room VARCHAR, start BIGINT, frames INTEGER, measured INTEGER,
  claps DOUBLE, temperature DOUBLE, coverage VARCHAR, covered DOUBLE
);
