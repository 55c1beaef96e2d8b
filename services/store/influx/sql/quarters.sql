-- How many observations there are in each quarter of an hour that has some.
SELECT count(received) FROM sighting, "measurement", heartbeat
WHERE time >= $from AND time < $until GROUP BY time(15m) fill(none)
