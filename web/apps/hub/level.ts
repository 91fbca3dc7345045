/** What the first stage of looking hears, drawn: a line of the last minute against the line above which a picture is looked at. Pure. */
export interface Lines {
  readonly level: string;
  readonly threshold: string;
  /** Newest level as a share of the threshold, or null where nothing was measured yet. */
  readonly share: number | null;
}

/** Points of both lines in a box of 1 by 1, the base line at zero, never smoothed. */
export function lines(level: readonly number[], threshold: readonly number[]): Lines {
  const top = Math.max(...level, ...threshold, Number.MIN_VALUE) * 1.1;
  const draw = (values: readonly number[]): string =>
    values.map((value, i) => `${(values.length > 1 ? i / (values.length - 1) : 1).toFixed(4)},${(1 - Math.max(0, value) / top).toFixed(4)}`).join(" ");
  const [now, limit] = [level.at(-1), threshold.at(-1)];
  return { level: draw(level), threshold: draw(threshold), share: now !== undefined && limit !== undefined && limit > 0 ? now / limit : null };
}
