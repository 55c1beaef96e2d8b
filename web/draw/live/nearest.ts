type Box = [number, number, number, number];

/** Beside the way counts so much more than along it. */
const ASIDE = 2.5;

/** The box that lies next in a direction, its middle ahead and not far aside. */
export function nearest<T extends { box: Box }>(from: Box, all: T[], [dx, dy]: [number, number]): T | null {
  const [x, y] = middle(from);
  let best: { one: T; far: number } | null = null;
  for (const one of all) {
    const [ox, oy] = middle(one.box);
    const ahead = (ox - x) * dx + (oy - y) * dy;
    const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
    const far = ahead + ASIDE * aside;
    if (ahead > 1 && (!best || far < best.far)) best = { one, far };
  }
  return best?.one ?? null;
}

const middle = ([x, y, w, h]: Box): [number, number] => [x + w / 2, y + h / 2];
