SELECT room, time, people::DOUBLE AS people, warmth::DOUBLE AS warmth, hour, day FROM hours ORDER BY room, time
