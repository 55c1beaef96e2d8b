-- A day of presences as a file. A badge is in one room at a time, so the order is one.
COPY (SELECT * FROM presence ORDER BY "from", badge, until) TO $file (FORMAT parquet)
