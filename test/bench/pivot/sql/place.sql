-- Which gateway stood where: what bare DuckDB joins.
CREATE TEMP TABLE place AS SELECT code, text AS gateway, 'room-' || (code // 2) AS room FROM name WHERE code < 20
