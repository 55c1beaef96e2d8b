-- Presences with the group of their badge; `counts`: they are part of occupancy.
CREATE TABLE stay AS
SELECT
  row_number() OVER (ORDER BY begins, badge, room) AS id, badge, room, "group", begins, ends, parked,
  counted AND NOT parked AS counts
FROM (
  SELECT p.badge, room, "group", counted, greatest(p.begins, t.begins) AS begins, least(coalesce(p.ends, $open::BIGINT), t.ends) AS ends, parked
  FROM presence p
  JOIN team t ON t.badge = p.badge AND p.begins < t.ends AND coalesce(p.ends, $open::BIGINT) > t.begins
  UNION ALL
  SELECT badge, room, $usual, $counted, begins, coalesce(ends, $open::BIGINT), parked
  FROM presence
  WHERE badge NOT IN (SELECT badge FROM team)
)
