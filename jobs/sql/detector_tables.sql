-- What the detector reads: readings of a series in order (i), and how far local time is ahead of UTC from when on.
-- good: covered and not excluded, so it is judged and teaches; forgiven: marked as no anomaly; context: '' on ordinary days,
-- else 'event …' or 'session …' (its kind); epoch: raised when a gateway of the room moved; least: the least width of a
-- band; rests: hours in which nobody ever comes are no readings.
CREATE TABLE reading (
  series VARCHAR, i BIGINT, time TIMESTAMP, v DOUBLE, good BOOLEAN, forgiven BOOLEAN,
  context VARCHAR, session VARCHAR, epoch INTEGER, least DOUBLE, rests BOOLEAN
);
CREATE TABLE zone (start TIMESTAMP, ahead BIGINT);
