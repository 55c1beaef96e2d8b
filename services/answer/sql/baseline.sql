SELECT room, "from", until, median, low, high FROM read_parquet($file) WHERE measure = 'occupancy' ORDER BY room, "from"
