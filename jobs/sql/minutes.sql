-- A day of minute rows as a file; it says which presences it was made from, so that other presences make another revision.
COPY (SELECT * FROM minute ORDER BY minute, room) TO $file (FORMAT parquet, KV_METADATA {presences: $presences})
