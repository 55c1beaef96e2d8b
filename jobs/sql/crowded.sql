SELECT split_part(series, ' ', 1) AS room, time, v AS value, session
FROM reading
WHERE series LIKE '% occupancy' AND good AND NOT forgiven AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
ORDER BY series, time
