/** Numbers as people type them. Pure. */

/** "14" or "2,5" as a number within bounds; null for anything else. */
export function typed(text: string, least: number, most: number, whole = false): number | null {
  const trimmed = text.trim().replace(",", ".");
  if (!/^\d{1,7}(\.\d{1,6})?$/.test(trimmed)) return null;
  const value = Number(trimmed);
  return value < least || value > most || (whole && !Number.isInteger(value)) ? null : value;
}
