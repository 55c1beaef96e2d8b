-- The points of a badge without a tag of its own, by time.
SELECT received, gateway FROM sighting WHERE badge = 'other' AND id = $badge AND time >= $from AND time < $until
