"""Asks Spark for the same answers, time after time: a line of JSON a pass, from a process that begins with the first."""

import json
import sys
import time

from pyspark.sql import SparkSession

presences, frames, statement, start, steps, passes = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.ansi.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
spark.read.parquet(presences).createOrReplaceTempView("presences")
spark.read.parquet(frames).createOrReplaceTempView("frames")
with open(statement, encoding="utf8") as file:
    text = file.read()

for _ in range(int(passes)):
    began = time.perf_counter()
    sums = []
    for step in steps.split(","):
        rows = spark.sql(text.replace("{from}", start).replace("{step}", step)).collect()
        sums.append([len(rows), sum(row.visitors or 0 for row in rows), round(sum(row.badgeMinutes for row in rows))])
    print(json.dumps({"ms": 1000 * (time.perf_counter() - began), "sums": sums}), flush=True)
spark.stop()
