-- Minutes of a day in which a room was deaf or silent, of rooms that were heard well at some time of it.
SELECT room, time, state
FROM minutes
WHERE state IN ('deaf', 'silent') AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  AND room IN (
    SELECT room FROM minutes WHERE state = 'good' AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  )
ORDER BY room, time
