-- Who was where: by day every badge is in another room every forty minutes, so that there are as many as the demo's event has.
COPY (
  SELECT
    'k1.' || lpad(b::VARCHAR, 16, 'A') AS badge, 'room-' || (b * 7 + start // 2400000000 * 3) % 10 AS room, make_timestamp(start) AS "from",
    make_timestamp(start + 2400000000) AS until, 'loudest' AS reason, false AS parked, make_timestamp(start + 2400000000) AS heard,
    make_timestamp(start) AS visit, '1' AS rule
  FROM range(300) t(b), range($from::BIGINT, $until::BIGINT, 2400000000) s(start)
  WHERE hour(make_timestamp(start)) BETWEEN 9 AND 17
  ORDER BY "from", badge
) TO $file (FORMAT parquet)
