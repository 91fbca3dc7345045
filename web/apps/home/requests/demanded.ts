/** Which cameras somebody demands (an HOA, a landlord, an insurer): their clips go to no agency (R10). */
import type { House } from "../household/house.ts";

/** Whether clips of `camera` may not be shared with an agency. While the marks cannot be read, that holds for every camera. */
export function isDemanded(house: Pick<House, "book" | "notes"> | null, camera: string): boolean {
  if (!house?.book) return false; // keys from before there were marks
  return house.notes?.mandated.includes(camera) ?? true;
}
