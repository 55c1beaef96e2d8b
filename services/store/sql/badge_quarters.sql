-- In which quarters of an hour badges were heard, and how often.
SELECT epoch_ms(time_bucket(INTERVAL '15 minutes', time)) AS quarter, count(*)::INTEGER AS sightings
FROM sighting
WHERE badge IN (SELECT code FROM name WHERE list_contains($badges, text))
GROUP BY quarter
ORDER BY quarter
