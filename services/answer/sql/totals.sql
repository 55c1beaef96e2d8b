-- What is stored in all, how much of it nobody simulated, and when the newest of it was received.
SELECT
  (SELECT count(*) FROM sighting) + (SELECT count(*) FROM measurement) + (SELECT count(*) FROM heartbeat) AS observations,
  (SELECT count(*) FROM reject) AS rejects,
  (SELECT count(*) FROM sighting WHERE simulated = 0)
    + (SELECT count(*) FROM measurement WHERE simulated = 0)
    + (SELECT count(*) FROM heartbeat WHERE simulated = 0)
    + (SELECT count(*) FROM reject WHERE source <> 'simulate') AS own,
  greatest(
    (SELECT max(received) FROM sighting), (SELECT max(received) FROM measurement), (SELECT max(received) FROM heartbeat)
  ) AS received
