import { coverageMarks } from './coverage.ts';
import { fitName } from './fit.ts';
import { textMark } from './marks.ts';
import type { Row } from './stack.ts';
import type { TileOf } from './tile.ts';

/** The room's name, and a circle for each of its gateways. */
export function headRow(of: TileOf, hasCircles = true): Row {
  const { type, shape, measure, ink } = of;
  return {
    height: type.name * 1.2,
    draw({ x, y, width }) {
      const circles = hasCircles ? coverageMarks(of, x + width, y + type.name * 0.54) : { marks: [], width: 0 };
      const free = width - circles.width - (circles.width > 0 ? type.small * 0.4 : 0);
      const name = fitName(measure, shape.name, free, type.name, type.min);
      return [
        textMark('name', name.text, { x, y: y + type.name * 0.82, size: name.size, weight: 600 }, { fill: ink }),
        ...circles.marks,
      ];
    },
  };
}
