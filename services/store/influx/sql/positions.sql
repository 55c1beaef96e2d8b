-- Where each observation of a span stands in the river, by time.
SELECT position FROM sighting, "measurement", heartbeat
WHERE time >= $from AND time < $until AND position > $after AND position <= $upto
