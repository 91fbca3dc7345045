/**
 * What to hide in each picture of a copy: faces between the looks at which they were found, and regions drawn by hand.
 *
 * In:     looks at some of the pictures; regions with key positions; all times in ms of the copy.
 * Out:    the boxes to hide at any time.
 * Holds:  between two looks the box covers where a face was and where it is next; a face is hidden from HOLD_MS before
 *         it was first found until HOLD_MS after it was last found, and through a gap of up to BRIDGE_MS. One that its owner
 *         chose to show is not hidden; boxes that lie over it of other faces are.
 * Absent: who a face belongs to. A line of boxes lasts as long as one copy is made, and is thrown away.
 */
import type { Face } from "./faces.ts";

/** In shares of the picture, 0 to 1. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export interface Look {
  readonly atMs: number;
  readonly boxes: readonly Box[];
}
/** A region drawn by hand: from its first key position to its last, in between on a straight line. One key: always. */
export interface Region {
  readonly keys: readonly { readonly atMs: number; readonly box: Box }[];
}

/** One face through a part of the copy: lines of boxes that lie over each other are one. `at` is where to see it best. */
export interface Found {
  readonly fromMs: number;
  readonly toMs: number;
  readonly at: { readonly atMs: number; readonly box: Box };
}

export const LOOK_MS = 200;
const HOLD_MS = 800;
const BRIDGE_MS = 2_000;
const GROW = 0.35; // on each side, of the box's own size: hair, chin, and what moved since the look
const SAME = 0.2; // share of two boxes that they have in common: found twice, in both sizes in which a picture is looked at
const REACH = 1.6; // a face moves at most so many of its sizes from look to look

/** Faces in shares of the picture they were found in. */
export function shares(faces: readonly Face[], width: number, height: number): Box[] {
  return faces.map(({ x, y, w, h }) => ({ x: x / width, y: y / height, w: w / width, h: h / height }));
}

interface Line {
  readonly spots: { readonly atMs: number; readonly box: Box }[];
}

export class Cover {
  readonly #lines: Line[] = [];
  readonly #regions: readonly Region[];
  readonly #shown: ReadonlySet<Line>;
  /** The faces that were found, by when they come. */
  readonly found: readonly Found[];

  /** `shown`: numbers of faces that are not hidden, as `found` counts them for the same looks. */
  constructor(looks: readonly Look[], regions: readonly Region[] = [], shown: readonly number[] = []) {
    this.#regions = regions.filter((region) => region.keys.length > 0);
    for (const look of [...looks].sort((a, b) => a.atMs - b.atMs)) this.#add(look);
    const groups = together(this.#lines);
    this.found = groups.map(foundOf);
    this.#shown = new Set(shown.flatMap((number) => groups[number] ?? []));
  }

  /** Whether there is anything to hide at all. */
  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#regions.length === 0;
  }

  /** Faces to blur at `atMs`, grown; they may reach beyond the picture. */
  faces(atMs: number): Box[] {
    return this.#lines.flatMap((line) => {
      if (this.#shown.has(line)) return [];
      const { spots } = line;
      const first = spots[0];
      const last = spots.at(-1);
      if (!first || !last || atMs < first.atMs - HOLD_MS || atMs > last.atMs + HOLD_MS) return [];
      const after = spots.findIndex((spot) => spot.atMs >= atMs);
      const next = after < 0 ? last : (spots[after] ?? last);
      const before = after > 0 ? (spots[after - 1] ?? next) : next;
      // At an end of the line nobody knows which way it went: the box is twice as generous there.
      const isEnd = after < 0 || (after === 0 && atMs < first.atMs);
      return [grown(around(before.box, next.box), isEnd ? 2 * GROW : GROW)];
    });
  }

  /** Regions drawn by hand, at `atMs`. */
  regions(atMs: number): Box[] {
    return this.#regions.flatMap(({ keys }) => {
      const sorted = [...keys].sort((a, b) => a.atMs - b.atMs);
      const [first, last] = [sorted[0], sorted.at(-1)];
      if (!first || !last) return [];
      if (sorted.length === 1) return [first.box];
      if (atMs < first.atMs || atMs > last.atMs) return [];
      const after = sorted.findIndex((key) => key.atMs >= atMs);
      const next = sorted[after] ?? last;
      const before = sorted[Math.max(0, after - 1)] ?? next;
      const share = next.atMs === before.atMs ? 0 : (atMs - before.atMs) / (next.atMs - before.atMs);
      const mid = (a: number, b: number): number => a + (b - a) * share;
      const [a, b] = [before.box, next.box];
      return [{ x: mid(a.x, b.x), y: mid(a.y, b.y), w: mid(a.w, b.w), h: mid(a.h, b.h) }];
    });
  }

  #add(look: Look): void {
    const open = this.#lines.filter(({ spots }) => look.atMs - (spots.at(-1)?.atMs ?? 0) <= BRIDGE_MS);
    for (const box of look.boxes) {
      const near = open
        .map((line) => ({ line, far: distance(line.spots.at(-1)?.box ?? box, box) }))
        .filter(({ far }) => far <= REACH)
        .sort((a, b) => a.far - b.far)[0];
      if (near) {
        near.line.spots.push({ atMs: look.atMs, box });
        open.splice(open.indexOf(near.line), 1);
      } else this.#lines.push({ spots: [{ atMs: look.atMs, box }] });
    }
  }
}

/** Lines by face: those that lie over each other at one moment are one face's. */
function together(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const line of lines) {
    const same = groups.filter((group) => group.some((other) => meet(line, other)));
    const joined = [...same.flat(), line];
    for (const one of same) groups.splice(groups.indexOf(one), 1);
    groups.push(joined);
  }
  return groups.sort((a, b) => startOf(a) - startOf(b));
}
const startOf = (group: readonly Line[]): number => Math.min(...group.map(({ spots }) => spots[0]?.atMs ?? 0));
const meet = (a: Line, b: Line): boolean => a.spots.some((spot) => b.spots.some((other) => other.atMs === spot.atMs && common(spot.box, other.box) >= SAME));

function common(a: Box, b: Box): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / Math.min(a.w * a.h, b.w * b.h);
}

function foundOf(group: readonly Line[]): Found {
  const spots = group.flatMap((line) => line.spots).sort((a, b) => a.atMs - b.atMs);
  const at = spots.reduce((best, spot) => (spot.box.w * spot.box.h > best.box.w * best.box.h ? spot : best));
  return { fromMs: spots[0]?.atMs ?? 0, toMs: spots.at(-1)?.atMs ?? 0, at };
}

/** How far apart two boxes are, in sizes of the larger; far beyond reach where one is three times the other. */
function distance(a: Box, b: Box): number {
  const [wide, tall] = [Math.max(a.w, b.w), Math.max(a.h, b.h)];
  if (wide > 3 * Math.min(a.w, b.w) || tall > 3 * Math.min(a.h, b.h)) return Infinity;
  const dx = Math.abs(a.x + a.w / 2 - b.x - b.w / 2) / wide;
  const dy = Math.abs(a.y + a.h / 2 - b.y - b.h / 2) / tall;
  return Math.hypot(dx, dy);
}

function around(a: Box, b: Box): Box {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

const grown = ({ x, y, w, h }: Box, by: number): Box => ({ x: x - w * by, y: y - h * by, w: w * (1 + 2 * by), h: h * (1 + 2 * by) });
