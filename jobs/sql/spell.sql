-- Sixty readings of one hour are one opinion: one value a local day and slot, or a session.
CREATE TABLE spell AS
SELECT
  series, context, session, epoch, day, dow, weekend, h, part, any_value(least) AS least,
  median(v) AS v, min(v) AS lo, max(v) AS hi, max(step) AS jump, bool_or(forgiven) AS forgiven
FROM placed WHERE good GROUP BY series, context, session, epoch, day, dow, weekend, h, part
