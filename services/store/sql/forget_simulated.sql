-- Forgets what a simulated world told.
DELETE FROM sighting WHERE simulated = 1;
DELETE FROM measurement WHERE simulated = 1;
DELETE FROM heartbeat WHERE simulated = 1;
DELETE FROM reject WHERE source = 'simulate';
