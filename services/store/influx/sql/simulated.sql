-- How many observations somebody simulated.
SELECT count(received) FROM sighting, "measurement", heartbeat WHERE simulated = true
