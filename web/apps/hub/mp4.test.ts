import { expect, test } from "vitest";
import { beginning, mimeOf } from "./mp4.ts";

const text = (kind: string): number[] => [...kind].map((c) => c.charCodeAt(0));
function box(kind: string, ...inside: (number[] | Uint8Array)[]): number[] {
  const body = inside.flatMap((part) => [...part]);
  const size = body.length + 8;
  return [size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255, ...text(kind), ...body];
}
const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const track = (...entries: number[][]): number[] => box("trak", box("mdia", box("minf", box("stbl", box("stsd", zeros(8), ...entries)))));
const avc = box("avc1", zeros(78), box("avcC", [1, 0x64, 0, 0x1f]));
const aac = box("mp4a", zeros(28), box("esds", zeros(4)));
const film = (...tracks: number[][]): Uint8Array => new Uint8Array([...box("ftyp", zeros(8)), ...box("moov", box("mvhd", zeros(4)), ...tracks)]);

test("pictures and sound are named as browsers ask for them", () => {
  expect(mimeOf(film(track(avc)))).toBe('video/mp4; codecs="avc1.64001f"');
  expect(mimeOf(film(track(avc), track(aac)))).toBe('video/mp4; codecs="avc1.64001f,mp4a.40.2"');
  expect(mimeOf(film(track(box("hvc1", zeros(78), box("hvcC", zeros(4))))))).toContain("hvc1.");
});

test("the beginning is known once it is whole, however the bytes come in", () => {
  const whole = film(track(avc));
  const more = new Uint8Array([...whole, ...box("moof", zeros(20))]);
  expect(beginning(more)).toBe(whole.length);
  for (let length = 0; length < whole.length; length++) expect(beginning(more.subarray(0, length))).toBeNull();
});

test("what is no film is refused, by the one kind of error", () => {
  expect(() => mimeOf(new Uint8Array([0, 0, 0, 3, 1, 1, 1, 1]))).toThrow(/not a clip/);
  expect(() => mimeOf(film(box("trak")))).toThrow(/missing/);
  expect(beginning(new Uint8Array(64))).toBeNull();
});
