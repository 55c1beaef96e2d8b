-- Who was where: every badge is in another room every twenty minutes.
COPY (
  SELECT
    'k1.' || lpad(b::VARCHAR, 16, 'A') AS badge, 'room-' || (b * 7 + start // 1200000000 * 3) % 10 AS room, make_timestamp(start) AS "from",
    make_timestamp(start + 1200000000) AS until, 'loudest' AS reason, false AS parked, make_timestamp(start + 1200000000) AS heard,
    make_timestamp(start) AS visit, '1' AS rule
  FROM range(300) t(b), range($from::BIGINT, $until::BIGINT, 1200000000) s(start)
  ORDER BY "from", badge
) TO $file (FORMAT parquet)
