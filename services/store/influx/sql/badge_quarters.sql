-- How often a badge that has a tag was heard in each quarter of an hour.
SELECT count(received) FROM sighting WHERE badge = $badge AND time >= $from AND time < $until
GROUP BY time(15m) fill(none)
