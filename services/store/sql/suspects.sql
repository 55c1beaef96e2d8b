-- Rows of the batch at hand whose content may be known already; `ordinal` is the place in the batch.
CREATE TEMP TABLE IF NOT EXISTS sighting_suspect AS SELECT *, 0::UINTEGER AS ordinal FROM sighting LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS measurement_suspect AS SELECT *, 0::UINTEGER AS ordinal FROM measurement LIMIT 0;
CREATE TEMP TABLE IF NOT EXISTS heartbeat_suspect AS SELECT *, 0::UINTEGER AS ordinal FROM heartbeat LIMIT 0;
