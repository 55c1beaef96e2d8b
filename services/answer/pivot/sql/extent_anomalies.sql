-- From when until when any anomaly begins, UTC ms.
SELECT min(time) AS first, max(time) AS last FROM anomaly
