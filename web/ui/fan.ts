/** Geometry of the mark's panes and of the day as a fanlight of 24 panes. Pure; every figure in SVG units. */

/** The five panes of the mark in a viewBox of 48 x 32, from the left; the checks light them in this order. */
export const PANES: readonly string[] = [
  "M7.2,15.15 A20 20 0 0 0 4,25.6 L15.8,25.84 A8.2 8.2 0 0 1 17.11,21.55Z",
  "M16.78,7.35 A20 20 0 0 0 8.49,13.37 L17.64,20.82 A8.2 8.2 0 0 1 21.04,18.35Z",
  "M29.13,6.67 A20 20 0 0 0 18.87,6.67 L21.9,18.07 A8.2 8.2 0 0 1 26.1,18.07Z",
  "M39.51,13.37 A20 20 0 0 0 31.22,7.35 L26.96,18.35 A8.2 8.2 0 0 1 30.36,20.82Z",
  "M44,25.6 A20 20 0 0 0 40.8,15.15 L30.89,21.55 A8.2 8.2 0 0 1 32.2,25.84Z",
];

/** Middle of each pane, where a cross is drawn when its check does not hold. */
export const CENTRES: readonly (readonly [number, number])[] = [
  [10.9, 22.1],
  [16.1, 15],
  [24, 12.2],
  [31.9, 15],
  [37.1, 22.1],
];

/** Outline of pane `hour` (0 to 23) of the day, in a viewBox of -4 -8 328 172: noon on top, midnight at both ends. */
export function hourPane(hour: number): string {
  const [cx, cy, outer, inner] = [160, 150, 134, 86] as const;
  const at = (radius: number, share: number): string => {
    const angle = Math.PI * (1 - share);
    return `${round(cx + radius * Math.cos(angle))},${round(cy - radius * Math.sin(angle))}`;
  };
  // A gap of fixed width at both edges keeps the panes' sides parallel, as glazing bars are.
  const gap = 0.8;
  const [a, b] = [hour / 24, (hour + 1) / 24];
  const out = gap / (Math.PI * outer);
  const ins = gap / (Math.PI * inner);
  return `M${at(outer, b - out)} A${outer} ${outer} 0 0 0 ${at(outer, a + out)} L${at(inner, a + ins)} A${inner} ${inner} 0 0 1 ${at(inner, b - ins)}Z`;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** How brightly an hour is lit: 0 none, then steps; many events are not louder than several. */
export function light(count: number): 0 | 1 | 2 | 3 {
  if (count <= 0) return 0;
  if (count === 1) return 1;
  return count <= 3 ? 2 : 3;
}
