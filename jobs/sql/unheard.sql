-- Minutes of a day in which a room was deaf or silent, of rooms that were heard well at some time of it. Where several rooms
-- are silent and no other is there, it is said of all of them at once: room NULL.
WITH today AS (
  SELECT *, count(*) OVER together > 1 AND bool_and(state = 'silent') OVER together AS isNight
  FROM minutes
  WHERE state <> 'unmeasured' AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  WINDOW together AS (PARTITION BY time)
)
SELECT DISTINCT CASE WHEN NOT isNight THEN room END AS room, time, state
FROM today
WHERE state IN ('deaf', 'silent') AND room IN (SELECT room FROM today WHERE state = 'good')
ORDER BY room, time
