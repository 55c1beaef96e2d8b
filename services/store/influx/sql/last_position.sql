-- The last number that a batch took, among those of the river or of the past.
SELECT max(position) FROM sighting, "measurement", heartbeat, reject WHERE position >= $low AND position < $high
