-- Answers nothing, or says why InfluxQL cannot be asked here.
SELECT count(position) FROM sighting WHERE time > now()
