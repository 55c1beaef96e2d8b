-- The rejects whose texts name a badge, by time.
SELECT received, position FROM reject
WHERE (text =~ $badge OR reasons =~ $badge) AND time >= $from AND time < $until
