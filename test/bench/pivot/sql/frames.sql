-- What the minutes of ten rooms were like (units: services/answer/sql/frames_tables.sql).
COPY (
  SELECT
    'room-' || r AS room, make_timestamp(start) AS minute, 60 AS frames, 0 AS gap, (60 * (20 + (r * 5 + start // 60000000) % 30))::BIGINT AS present,
    (21 + (r * 5 + start // 60000000) % 30)::INTEGER AS peak, 0::BIGINT AS parked, ((start // 60000000) % 90)::BIGINT AS claps,
    (60 * (2100 + r * 20))::BIGINT AS temperature, 60 AS felt, 0 AS unmeasured, 0 AS silent, 0 AS deaf, 0 AS thin, 60 AS good,
    1 AS heard, 0::BIGINT AS low, 0::BIGINT AS high, 0 AS usual
  FROM range(10) t(r), range($from::BIGINT, $until::BIGINT, 60000000) s(start)
  ORDER BY minute, room
) TO $file (FORMAT parquet)
