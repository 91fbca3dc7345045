import { expect, test } from "vitest";
import { ApiError } from "../../core/api/client.ts";
import { caseText, gb, inWords, streamText, tryTrouble, troubleOf } from "./tell.ts";

const refusal = (code: string) => new ApiError(code, "A.", "B.", "C.", 422);

test("each of the four ways to fail says which it was and what to do", () => {
  const kinds = ["unreachable", "refused", "codec", "not_a_video"];
  const told = kinds.map((kind) => tryTrouble(refusal(`hub.try.${kind}`)));
  expect(new Set(told.map((one) => one.what)).size).toBe(4);
  expect(told[1]?.what).toContain("password");
  for (const one of told) expect(one.todo.length).toBeGreaterThan(10);
});

test("a refusal that is not ours to word keeps the hub's own sentences", () => {
  expect(tryTrouble(refusal("hub.other"))).toMatchObject({ what: "A.", kept: "B.", todo: "C.", code: "hub.other" });
});

test("a hub that does not answer is not called a server", () => {
  expect(troubleOf(new ApiError("client.away", "", "", "", 0)).what).toContain("hub");
});

test("R08 miss rates are told as natural frequencies", () => {
  const miss = (missed: number, frames: number) => inWords({ case: "", frames, missed, rate: frames ? missed / frames : 0 });
  expect(miss(1, 12)).toBe("misses about 1 in 12");
  expect(miss(5, 10)).toBe("misses about 5 in 10");
  expect(miss(0, 40)).toBe("missed none of 40 pictures");
  expect(miss(40, 40)).toBe("misses nearly all");
  expect(miss(0, 0)).toBe("was not measured");
});

test("R08 what was measured is called by people's words", () => {
  expect(caseText("person, much sensor noise")).toBe("People, much sensor noise");
  expect(caseText("a cat at night")).toBe("a cat at night");
});

test("streams and sizes are told in people's units", () => {
  expect(streamText({ codec: "hvc1.1.6.L120.B0", width: 1920, height: 1080, fps: 14.98 })).toBe("1920 × 1080, 15 pictures a second, H.265");
  expect(streamText({ codec: "avc1.4d401f", width: 768, height: 432, fps: 0 })).toBe("768 × 432, H.264");
  expect([gb(2_340_000_000), gb(512e9)]).toEqual(["2.3 GB", "512 GB"]);
});
