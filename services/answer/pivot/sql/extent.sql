-- From when until when there is anything, UTC ms.
SELECT
  least(
    (SELECT min(time) FROM sighting), (SELECT min(time) FROM measurement), (SELECT min(time) FROM heartbeat)
  ) AS first,
  greatest(
    (SELECT max(time) FROM sighting), (SELECT max(time) FROM measurement), (SELECT max(time) FROM heartbeat)
  ) AS last
