// What is drawn can be read back: the path is painted into pixels and given to the reader.
import fc from "fast-check";
import { expect, test } from "vitest";
import { qrPath, readQr } from "./qr.ts";

const SCALE = 6;

/** Paints the unit squares of a path. */
function paint({ size, path }: { size: number; path: string }): ImageData {
  const side = size * SCALE;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = "", y = "", length = ""] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let row = 0; row < SCALE; row++) {
      for (let column = 0; column < Number(length) * SCALE; column++) {
        const at = ((Number(y) * SCALE + row) * side + Number(x) * SCALE + column) * 4;
        data.fill(0, at, at + 3);
      }
    }
  }
  return { data, width: side, height: side, colorSpace: "srgb" } as ImageData;
}

test("a code that is drawn reads back as the text it was drawn from", async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[A-Za-z0-9_.:/#=-]{1,160}$/), async (text) => {
      expect(await readQr(paint(await qrPath(text)), true)).toBe(text);
    }),
    { numRuns: 20 },
  );
});

test("a picture without a code gives none", async () => {
  const blank = { data: new Uint8ClampedArray(64 * 64 * 4).fill(255), width: 64, height: 64, colorSpace: "srgb" } as ImageData;
  expect(await readQr(blank, true)).toBeNull();
});

test("R03 the code of a sheet with a stain on it reads as that sheet or not at all, never as another", async () => {
  const sheet = "fanlight-sheet:1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const drawn = await qrPath(sheet);
  const read = new Map<number, string | null>();
  for (const share of [0.02, 0.1, 0.3, 0.6]) {
    const picture = paint(drawn);
    const stain = Math.round(picture.width * share);
    const from = Math.round((picture.width - stain) / 2);
    for (let y = from; y < from + stain; y++) picture.data.fill(0, (y * picture.width + from) * 4, (y * picture.width + from + stain) * 4);
    read.set(share, await readQr(picture, true));
  }
  for (const text of read.values()) expect([sheet, null]).toContain(text);
  expect(read.get(0.02)).toBe(sheet);
  expect(read.get(0.6)).toBeNull(); // the words beside it serve
});
