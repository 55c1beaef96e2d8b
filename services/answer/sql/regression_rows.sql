-- An hour of a room: its mean temperature (0.001 °C less 20 °C) and people (0.001), where in half an hour of its seconds warmth
-- was known in minutes that were covered: a badge that looks in tells of the room that it came from. Hour and day by the
-- venue's clocks. Whole numbers, so that no sum depends on its order.
CREATE TABLE hours AS
WITH local AS (
  SELECT m.*, m.time + to_milliseconds(zone.ahead) AS wall FROM minutes m ASOF JOIN zone ON m.time >= zone.start
  WHERE covered AND ($room = '' OR room = $room) AND m.time >= make_timestamp($from::BIGINT) AND m.time < make_timestamp($until::BIGINT)
),
hourly AS (
  SELECT
    room, min(time) AS time, wall::DATE AS day, hour(wall) AS hour, date_trunc('hour', time) AS whole,
    round(sum(people_ms) / sum(seconds))::BIGINT AS people, round(10 * sum(centi) / sum(felt))::BIGINT - 20000 AS warmth
  FROM local WHERE seconds > 0 GROUP BY ALL HAVING sum(felt) >= 1800
)
SELECT
  room, whole AS time, people, warmth, 'hour ' || lpad(hour::VARCHAR, 2, '0') AS hour, 'day ' || day AS day,
  row_number() OVER (ORDER BY room, time) AS i
FROM hourly
