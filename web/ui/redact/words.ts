/** Strings of the boxes that are put over a picture by hand. */
import { many } from "../many.ts";

export const regionWords = {
  addRegion: "Add a box",
  region: (n: number) => `Box ${n}`,
  regionAt: (n: number, keys: number) => `Box ${n}, ${many(keys, { one: "place", other: "places" })}`,
  regionHelp: "Drag the box or its corner. With the keyboard: arrow keys move it, Shift and arrow keys change its size.",
  removeRegion: (n: number) => `Remove box ${n}`,
  moment: "Moment",
};
