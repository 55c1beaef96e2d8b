-- By whom the bucket is filled.
SELECT positions FROM filled WHERE time = $at
