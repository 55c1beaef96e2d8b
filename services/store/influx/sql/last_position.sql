-- The last number that a batch took, among those of the river or of the past; `taken` knows those of which nothing is left.
SELECT max(position) FROM sighting, "measurement", heartbeat, reject, taken WHERE position >= $low AND position < $high
