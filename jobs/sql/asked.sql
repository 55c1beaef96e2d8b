INSERT INTO teaching
SELECT series, context, session, epoch, day, dow, weekend, h, part, least, NULL, NULL, NULL, NULL
FROM asked ANTI JOIN teaching USING (series, context, epoch, day, dow, h, part)
