-- The quarters of an hour in which something was observed: every zone's days are made of them.
SELECT DISTINCT time_bucket(INTERVAL 15 minutes, time) AS quarter
FROM (SELECT time FROM sighting UNION ALL SELECT time FROM measurement UNION ALL SELECT time FROM heartbeat)
ORDER BY quarter
