SELECT lower(tag), memory_usage_bytes::DOUBLE FROM duckdb_memory() WHERE memory_usage_bytes > 0 ORDER BY ALL
