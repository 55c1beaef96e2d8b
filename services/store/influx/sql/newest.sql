-- The observation of each kind that was received last, of those in a span.
SELECT max(received) FROM sighting, "measurement", heartbeat WHERE time >= $from AND time < $until
