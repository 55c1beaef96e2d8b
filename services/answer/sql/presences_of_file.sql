SELECT badge, room, "from", until, reason, parked, heard, visit, rule FROM read_parquet($file) ORDER BY "from", badge, until
