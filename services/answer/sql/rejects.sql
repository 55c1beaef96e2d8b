SELECT position, place, taken, received, source, line, text, reasons
FROM rejects
