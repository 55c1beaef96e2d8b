-- How many observations there are in each hour of a span that has any.
SELECT count(received) FROM sighting, "measurement", heartbeat WHERE time >= $from AND time < $until
GROUP BY time(1h) fill(none)
