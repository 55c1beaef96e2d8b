INSERT INTO teaching
SELECT DISTINCT series, context, session, epoch, day, dow, weekend, h, part, least, false, NULL::DOUBLE, NULL::DOUBLE, NULL::DOUBLE, NULL::DOUBLE
FROM asked a
WHERE NOT EXISTS (
  SELECT 1 FROM teaching t
  WHERE t.series = a.series AND t.context = a.context AND t.session IS NOT DISTINCT FROM a.session
    AND t.epoch = a.epoch AND t.day = a.day AND t.h = a.h AND t.part = a.part
)
