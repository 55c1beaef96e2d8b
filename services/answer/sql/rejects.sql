SELECT position, place, received, source, line, text, reasons
FROM rejects
