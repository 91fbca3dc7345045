import { describe, expect, it } from "vitest";
import { onOneClock, sameMoment, type Seen } from "./together.ts";

const at = (cameraId: string, startS: number, lengthS: number): Seen => ({
  clip: `${cameraId}${startS}`,
  start: new Date(Date.UTC(2026, 10, 21, 13) + startS * 1000),
  durationMs: lengthS * 1000,
  label: "person",
  camera: cameraId,
  cameraId,
});

describe("cameras at one moment", () => {
  const door = at("door", 100, 20);

  it("takes of each other camera the clip that shows most of it, and none from another moment", () => {
    const found = sameMoment([door, at("door", 105, 9), at("yard", 90, 12), at("yard", 104, 30), at("gate", 125, 5), at("shed", 300, 5)], door);
    expect(found.map((one) => one.clip)).toEqual(["yard104", "gate125"]);
  });

  it("puts them on one clock that begins with the earliest", () => {
    const { start, lengthS, films } = onOneClock(door, [at("yard", 90, 12), at("gate", 118, 10)]);
    expect(start).toEqual(at("x", 90, 1).start);
    expect(lengthS).toBe(38);
    expect(films.map(({ fromS, toS }) => [fromS, toS])).toEqual([[10, 30], [0, 12], [28, 38]]);
  });
});
