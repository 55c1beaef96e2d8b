-- Minute frames as the job `frames` publishes them, a part a day.
INSERT INTO minutes
SELECT
  room, minute, 1000 * present, frames, claps, temperature, felt,
  CASE greatest(gap, unmeasured, silent, deaf, thin, good)
    WHEN gap THEN 'gap' WHEN unmeasured THEN 'unmeasured' WHEN silent THEN 'silent' WHEN deaf THEN 'deaf' WHEN thin THEN 'thin' ELSE 'good'
  END,
  2 * good > frames + gap
FROM read_parquet($file)
ORDER BY room, minute
