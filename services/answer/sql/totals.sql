-- What is stored in all, and when the newest of it was received.
SELECT
  (SELECT count(*) FROM sighting) + (SELECT count(*) FROM measurement) + (SELECT count(*) FROM heartbeat) AS observations,
  (SELECT count(*) FROM reject) AS rejects,
  greatest(
    (SELECT max(received) FROM sighting), (SELECT max(received) FROM measurement), (SELECT max(received) FROM heartbeat)
  ) AS received
