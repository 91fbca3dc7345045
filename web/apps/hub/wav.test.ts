import { expect, test } from "vitest";
import { wavOf } from "./wav.ts";

test("a WAV file says how long it is and holds every sample, the loudest no louder than loud", () => {
  const wav = wavOf(new Float32Array([0, 1, -1, 4, Number.NaN]), 8000);
  const view = new DataView(wav.buffer);
  expect(String.fromCharCode(...wav.subarray(0, 4), ...wav.subarray(8, 16))).toBe("RIFFWAVEfmt ");
  expect(view.getUint32(4, true)).toBe(wav.length - 8);
  expect(view.getUint32(24, true)).toBe(8000);
  expect(view.getUint32(40, true)).toBe(10);
  expect([0, 1, 2, 3, 4].map((i) => view.getInt16(44 + i * 2, true))).toEqual([0, 32767, -32767, 32767, 0]);
});
