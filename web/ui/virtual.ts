/** Which rows of a long list to make: only those near what is seen. Pure; lengths in CSS pixels. */

/** Where each row begins, and at the end where the last one ends. */
export function edges(heights: readonly number[]): Float64Array {
  const out = new Float64Array(heights.length + 1);
  for (let i = 0; i < heights.length; i++) out[i + 1] = (out[i] ?? 0) + (heights[i] ?? 0);
  return out;
}

/** Index of the row at `y`; the nearest one outside. -1 for an empty list. */
export function rowAt(edge: Float64Array, y: number): number {
  let [low, high] = [0, edge.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edge[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, edge.length - 2);
}

/** Rows [first, end) that are seen between `top` and `bottom`, and `more` on each side. */
export function windowOf(edge: Float64Array, top: number, bottom: number, more: number): readonly [first: number, end: number] {
  if (edge.length < 2) return [0, 0];
  return [Math.max(0, rowAt(edge, top) - more), Math.min(edge.length - 1, rowAt(edge, bottom) + 1 + more)];
}
