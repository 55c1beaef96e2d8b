-- X′X and X′y of each room: y is warmth; columns are one, people, and an hour and a day that each row is in or not. The first
-- hour and the first day of a room are what the others are measured against.
WITH column_of AS (
  SELECT room, i, 'warmth' AS term, warmth AS x FROM hours
  UNION ALL SELECT room, i, 'one', 1 FROM hours
  UNION ALL SELECT room, i, 'people', people FROM hours
  UNION ALL SELECT room, i, hour, 1 FROM hours h WHERE hour > (SELECT min(hour) FROM hours f WHERE f.room = h.room)
  UNION ALL SELECT room, i, day, 1 FROM hours h WHERE day > (SELECT min(day) FROM hours f WHERE f.room = h.room)
)
SELECT a.room, a.term AS a, b.term AS b, sum(a.x::HUGEINT * b.x)::DOUBLE AS total
FROM column_of a JOIN column_of b ON a.i = b.i AND a.room = b.room
GROUP BY a.room, a.term, b.term
ORDER BY a.room, a.term, b.term
