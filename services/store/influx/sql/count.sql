-- How many observations there are in a span.
SELECT count(received) FROM sighting, "measurement", heartbeat WHERE time >= $from AND time < $until
