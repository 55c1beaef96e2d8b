-- What a snapshot holds: the counts that whoever restores it has to find.
SELECT
  ((SELECT count(*) FROM sighting) + (SELECT count(*) FROM measurement) + (SELECT count(*) FROM heartbeat))::DOUBLE,
  (SELECT count(*) FROM reject)::DOUBLE
