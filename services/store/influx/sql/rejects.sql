-- The rejects that were taken in a span, by time.
SELECT received, position, place, source, line, text, reasons FROM reject WHERE time >= $from AND time < $until
