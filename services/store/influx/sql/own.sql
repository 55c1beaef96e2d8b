-- How many observations nobody simulated: counted themselves, since more come while others are counted.
SELECT count(received) FROM sighting, "measurement", heartbeat WHERE simulated = false
