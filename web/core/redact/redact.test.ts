import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cover, type Box, type Look } from "./cover.ts";
import { FaceFinder, lookSizes } from "./faces.ts";
import { meansOf, pixels } from "./hide.ts";
import { type Model, ModelError, readModel } from "./model.ts";
import { Net } from "./net.ts";

const MODEL = new URL("../../models/face_detection_yunet_2026may.onnx", import.meta.url);
const VECTOR = new URL("../../../vectors/redact/yunet.json", import.meta.url);
const model = (): Model => readModel(new Uint8Array(readFileSync(MODEL)));

test("R09 our own arithmetic says of a picture what the reference runtime says", () => {
  const { width, height, outputs } = JSON.parse(readFileSync(VECTOR, "utf8")) as { width: number; height: number; outputs: Record<string, number[]> };
  const data = Float64Array.from({ length: width * height * 3 }, (_, i) => (7919 * i + i * i) % 256);
  const names = Object.keys(outputs);
  new Net(model(), names).run({ width, height, channels: 3, data }).forEach((plane, i) => {
    const expected = outputs[names[i] ?? ""] ?? [];
    expect(plane.data.length).toBe(expected.length);
    expect(Math.max(...expected.map((value, at) => Math.abs(value - (plane.data[at] ?? NaN))))).toBeLessThan(1e-4);
  });
});

test("a model of other operations is refused when it is loaded, not while it runs", () => {
  const whole = model();
  const other = { ...whole, nodes: whole.nodes.map((node) => (node.op === "Relu" ? { ...node, op: "Gelu" } : node)) };
  expect(() => new FaceFinder(other)).toThrow(ModelError);
  expect(() => new Net(whole, ["embedding"])).toThrow(ModelError);
});

test("bytes that are no model are refused in one way", () => {
  const file = new Uint8Array(readFileSync(MODEL));
  const refused = (bytes: Uint8Array): void => {
    try {
      new FaceFinder(readModel(bytes));
    } catch (error) {
      expect(error).toBeInstanceOf(ModelError);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), refused));
  fc.assert(fc.property(fc.nat(file.length - 1), (length) => refused(file.slice(0, length))), { numRuns: 20 });
});

test("R09 a picture is looked at whole and small, so that a face that fills it is found as well", () => {
  expect(lookSizes(1920, 1080)).toEqual([{ width: 640, height: 360 }, { width: 213, height: 120 }]);
  expect(lookSizes(320, 240)[0]).toEqual({ width: 320, height: 240 });
});

const face = (x: number, y = 0.3): Box => ({ x, y, w: 0.1, h: 0.1 });
const looks = (...boxes: (Box | null)[]): Look[] => boxes.map((box, i) => ({ atMs: i * 200, boxes: box ? [box] : [] }));
const covers = (boxes: readonly Box[], { x, y, w, h }: Box): boolean =>
  boxes.some((box) => box.x <= x && box.y <= y && box.x + box.w >= x + w && box.y + box.h >= y + h);

describe("R09 faces are hidden between the looks at which they were found", () => {
  test("a face that moves is covered at every moment on its way", () => {
    const cover = new Cover(looks(face(0.1), face(0.18), face(0.3)));
    for (let atMs = 0; atMs <= 400; atMs += 10) {
      const x = atMs <= 200 ? 0.1 + (0.08 * atMs) / 200 : 0.18 + (0.12 * (atMs - 200)) / 200;
      expect(covers(cover.faces(atMs), face(x)), `${atMs} ms`).toBe(true);
    }
  });

  test("it is hidden before it was first found and after it was last found, and through a gap", () => {
    const cover = new Cover(looks(null, null, null, null, null, face(0.5), null, null, null, face(0.5), null, null, null, null, null, null));
    for (let atMs = 1_000 - 700; atMs <= 1_800 + 700; atMs += 50) expect(covers(cover.faces(atMs), face(0.5))).toBe(true);
    expect(cover.faces(0)).toEqual([]);
    expect(cover.faces(3_000)).toEqual([]);
  });

  test("two faces that pass each other are both hidden", () => {
    const both = Array.from({ length: 9 }, (_, i): Look => ({ atMs: i * 200, boxes: [face(0.1 + i * 0.08), face(0.74 - i * 0.08)] }));
    const cover = new Cover(both);
    for (const { atMs, boxes } of both) for (const box of boxes) expect(covers(cover.faces(atMs), box)).toBe(true);
  });

  test("whatever is found, at the moment it is found it is covered", () => {
    const box = fc.record({ x: fc.double({ min: 0, max: 0.9, noNaN: true }), y: fc.double({ min: 0, max: 0.9, noNaN: true }), w: fc.double({ min: 0.01, max: 0.5, noNaN: true }), h: fc.double({ min: 0.01, max: 0.5, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(fc.array(box, { maxLength: 4 }), { maxLength: 12 }), (found) => {
        const all = found.map((boxes, i): Look => ({ atMs: i * 200, boxes }));
        const cover = new Cover(all);
        return all.every(({ atMs, boxes }) => boxes.every((one) => covers(cover.faces(atMs), one)));
      }),
    );
  });
});

describe("R09 a face is shown only where its owner chose so", () => {
  const pass: Look[] = Array.from({ length: 9 }, (_, i): Look => ({ atMs: i * 200, boxes: [face(0.1), face(0.7)] }));
  test("each face is one, also where it was found in both sizes, and has a number by when it comes", () => {
    const twice = pass.map(({ atMs, boxes }) => ({ atMs, boxes: boxes.flatMap((box) => [box, { ...box, x: box.x + 0.01, w: 0.12 }]) }));
    const late: Look = { atMs: 8_000, boxes: [face(0.4)] };
    const { found } = new Cover([...twice, late]);
    expect(found.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[0, 1_600], [0, 1_600], [8_000, 8_000]]);
  });
  test("one that is shown is hidden at no time, and every other at all", () => {
    const cover = new Cover(pass, [], [0]);
    for (let atMs = 0; atMs <= 1_600; atMs += 100) {
      const boxes = cover.faces(atMs);
      expect(boxes.some((box) => covers([box], face(0.7)))).toBe(true);
      expect(boxes.some((box) => covers([box], face(0.1)))).toBe(false);
    }
  });
  test("a number that no face has shows nothing more", () => {
    for (const shown of [[7], [-1], []]) expect(new Cover(pass, [], shown).faces(400)).toHaveLength(2);
  });
});

test("R09 a region drawn by hand stays, or travels between the moments it was set at", () => {
  const [a, b] = [face(0.1), face(0.5)];
  expect(new Cover([], [{ keys: [{ atMs: 500, box: a }] }]).regions(9_000)).toEqual([a]);
  const moving = new Cover([], [{ keys: [{ atMs: 1_000, box: b }, { atMs: 0, box: a }] }]);
  expect(moving.regions(500)[0]?.x).toBeCloseTo(0.3);
  expect(moving.regions(1_500)).toEqual([]);
  expect(new Cover([], [{ keys: [] }]).isEmpty).toBe(true);
});

test("R09 what is left of a face is sixteen colours, whatever was there", () => {
  const picture = Uint8Array.from({ length: 40 * 40 * 4 }, (_, i) => (i * 37) % 256);
  const left = meansOf(picture, 40, 40);
  expect(left.length).toBe(4 * 4 * 4);
  const turned = picture.slice();
  for (let y = 0; y < 10; y++) for (let x = 0; x < 10; x++) for (let c = 0; c < 4; c++) turned[4 * (y * 40 + x) + c] = picture[4 * ((9 - y) * 40 + 9 - x) + c] ?? 0;
  expect(meansOf(turned, 40, 40)).toEqual(left); // what lay within a field cannot be told
  expect(pixels({ x: -0.5, y: 0.9, w: 2, h: 2 }, 100, 50)).toEqual({ x: 0, y: 45, w: 100, h: 5 });
});
