-- The rejects whose texts name a badge, by time.
SELECT received, lot FROM reject
WHERE (text =~ $badge OR reasons =~ $badge) AND time >= $from AND time < $until
