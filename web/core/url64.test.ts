import fc from "fast-check";
import { expect, test } from "vitest";
import { fromUrl64, readUrl64, toUrl64 } from "./url64.ts";

test("every byte string has one spelling, which reads back", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    expect([...(readUrl64(toUrl64(bytes)) ?? [])]).toEqual([...bytes]);
  }));
  expect(toUrl64(Uint8Array.of(0xfb, 0xff, 0xfe))).toBe("-__-");
  expect(toUrl64(Uint8Array.of(1, 2, 3).buffer)).toBe("AQID");
});

test("whatever else is text reads as nothing, and is never another spelling of the same bytes", () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => {
    const read = readUrl64(text);
    if (read) expect(toUrl64(read)).toBe(text);
  }));
  for (const text of ["AQ==", "AR", "A", "+/", "AQ\n", " AQ"]) {
    expect(readUrl64(text)).toBeNull();
    expect(() => fromUrl64(text)).toThrow(TypeError);
  }
});
