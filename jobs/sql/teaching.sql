-- What lay outside the band of its own slot teaches nothing, until it has done so on three days in a row: then it is normal.
-- By a lower rung nothing is left out: a Tuesday that is like no other day would never become a slot of its own.
CREATE TABLE teaching AS
WITH first AS (
  SELECT *, NOT forgiven AND rung IN ('slot', 'session') AND v IS NOT NULL AND coalesce(v < low OR v > high, false) AS flagged
  FROM banded('spell', $factor)
),
runs AS (
  SELECT *, sum(CASE WHEN flagged THEN 0 ELSE 1 END) OVER o AS run
  FROM first WINDOW o AS (PARTITION BY series, context, h, part ORDER BY day, session, epoch)
),
places AS (
  SELECT *, sum(CASE WHEN flagged THEN 1 ELSE 0 END) OVER o AS place
  FROM runs WINDOW o AS (PARTITION BY series, context, h, part, run ORDER BY day, session, epoch)
)
SELECT
  series, context, session, epoch, day, dow, weekend, h, part, least, forgiven, jump,
  CASE WHEN flagged AND place < 3 THEN NULL ELSE v END AS v,
  CASE WHEN flagged AND place < 3 THEN NULL ELSE lo END AS lo,
  CASE WHEN flagged AND place < 3 THEN NULL ELSE hi END AS hi
FROM places
