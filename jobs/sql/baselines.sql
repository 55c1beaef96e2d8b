-- The baseline of a day: a row for each room, measure and half hour, cut where sessions begin and end.
COPY (
  SELECT
    a.room, a.measure, a.start AS "from", a.stop AS until, a.context, a.session, a.epoch, b.rung, b.n, b.median, b.q25, b.q75, b.low, b.high
  FROM asked a
  JOIN band b ON a.series = b.series AND a.context = b.context AND a.session IS NOT DISTINCT FROM b.session
    AND a.epoch = b.epoch AND a.day = b.day AND a.dow = b.dow AND a.h = b.h AND a.part = b.part
  WHERE b.rung <> 'none'
  ORDER BY a.room, a.measure, a.start
) TO $file (FORMAT parquet)
