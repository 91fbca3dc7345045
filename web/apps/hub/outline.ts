/** Drawing on a picture: outlines of three to 32 corners, each a share of the picture's width and height. Pure. */
import type { Outline, Point } from "./api.ts";

export const FEWEST = 3;
export const MOST = 32;
const STEP = 0.01;
const LEAP = 0.05;

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
const share = (value: number): number => round(Math.min(1, Math.max(0, value)));

export const clamp = ([x, y]: Point): Point => [share(x), share(y)];

/** The rectangle between two opposite corners. */
export function rectangle([ax, ay]: Point, [bx, by]: Point): Outline {
  const [left, right, top, bottom] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)];
  return ([[left, top], [right, top], [right, bottom], [left, bottom]] as const).map(clamp);
}

/** What "Add" draws: a rectangle in the middle, a little further on for each that is there already. */
export function fresh(already: number): Outline {
  const by = (already % 4) * 0.04;
  return rectangle([0.3 + by, 0.35 + by], [0.7 + by, 0.75 + by]);
}

export const put = (outline: Outline, index: number, to: Point): Outline => outline.map((corner, i) => (i === index ? clamp(to) : corner));

export function nudge(outline: Outline, index: number, [dx, dy]: Point): Outline {
  const corner = outline[index];
  return corner ? put(outline, index, [corner[0] + dx, corner[1] + dy]) : outline;
}

/** Moves the whole; it stops at the picture's edge with its shape kept. */
export function shift(outline: Outline, [dx, dy]: Point): Outline {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const within = (by: number, all: number[]): number => Math.min(1 - Math.max(...all), Math.max(-Math.min(...all), by));
  const [sx, sy] = [within(dx, xs), within(dy, ys)];
  return outline.map(([x, y]) => clamp([x + sx, y + sy]));
}

/** Adds a corner in the middle of the edge that begins at corner `index`. */
export function split(outline: Outline, index: number): Outline {
  const [a, b] = [outline[index], outline[(index + 1) % outline.length]];
  if (!a || !b || outline.length >= MOST) return outline;
  return [...outline.slice(0, index + 1), clamp([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]), ...outline.slice(index + 1)];
}

export const without = (outline: Outline, index: number): Outline => (outline.length <= FEWEST ? outline : outline.filter((_, i) => i !== index));

/** How far an arrow key moves a corner; null for other keys. */
export function stepOf(key: string, shiftKey: boolean): Point | null {
  const far = shiftKey ? LEAP : STEP;
  const steps: Record<string, Point> = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
  return steps[key] ?? null;
}

export const svgPoints = (outline: Outline): string => outline.map(([x, y]) => `${x},${y}`).join(" ");

/** Share of the picture that it covers, for outlines that do not cross themselves. */
export function area(outline: Outline): number {
  let twice = 0;
  outline.forEach(([x, y], i) => {
    const [nx, ny] = outline[(i + 1) % outline.length] ?? [x, y];
    twice += x * ny - nx * y;
  });
  return Math.abs(twice) / 2;
}

export function contains(outline: Outline, [x, y]: Point): boolean {
  let inside = false;
  outline.forEach(([ax, ay], i) => {
    const [bx, by] = outline[(i + outline.length - 1) % outline.length] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

const turn = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));

/** Whether two edges that do not touch cut each other: what is inside is then not what a person thinks. */
export function crosses(outline: Outline): boolean {
  const n = outline.length;
  const corner = (i: number): Point => outline[i % n] ?? [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [corner(i), corner(i + 1), corner(j), corner(j + 1)];
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true;
    }
  }
  return false;
}

export const same = (a: readonly Outline[], b: readonly Outline[]): boolean => JSON.stringify(a) === JSON.stringify(b);
