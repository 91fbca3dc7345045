import { expect, it } from "vitest";
import { type Bytes, concat, utf8 } from "../bytes.ts";
import { fingerprint, isCopy, signerText } from "./copies.ts";

const u32 = (value: number): Bytes => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
const box = (kind: string, content: Uint8Array): Bytes => concat([u32(8 + content.length), utf8(kind), content as Bytes]);
const USER_TYPE = Uint8Array.of(0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81);
const ftyp = box("ftyp", utf8("isom"));
const mdat = box("mdat", Uint8Array.from({ length: 300 }, (_, at) => at & 255));
const index = (place: number): Bytes => box("mfra", u32(place));
const film = concat([ftyp, mdat, index(1), box("free", new Uint8Array(20))]);
const put = (manifest: Uint8Array, rest: Uint8Array): Bytes => concat([ftyp, manifest as Bytes, rest as Bytes]);
const manifest = box("uuid", concat([USER_TYPE, utf8("said")]));

it("R30 a copy is its film with one box behind the first; the film's index alone may name other places", () => {
  const rest = film.subarray(ftyp.length);
  expect(isCopy(film, put(manifest, rest))).toBe(true);
  expect(isCopy(film, put(manifest, concat([mdat, index(29), box("free", new Uint8Array(20))])))).toBe(true);
  const changed = put(manifest, rest);
  for (let at = 0; at < changed.length; at++) {
    const own = at >= ftyp.length + 24 && at < ftyp.length + manifest.length;
    const places = at >= changed.length - 32 && at < changed.length - 28;
    changed[at] = (changed[at] as number) ^ 1;
    expect(isCopy(film, changed), `byte ${at}`).toBe(own || places);
    changed[at] = (changed[at] as number) ^ 1;
  }
  for (const other of [film, put(box("uuid", new Uint8Array(30)), rest), concat([manifest, film]), put(manifest, concat([rest as Bytes, box("free", utf8(""))])), put(new Uint8Array(20), rest)]) {
    expect(isCopy(film, other)).toBe(false);
  }
  expect(isCopy(film, put(box("uuid", concat([USER_TYPE, new Uint8Array(1 << 20)])), rest))).toBe(false);
});

it("bytes that are no row of boxes are no film, and raise nothing", () => {
  let state = 30;
  const below = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  for (let n = 0; n < 2_000; n++) {
    const noise = Uint8Array.from({ length: below(60) }, () => below(4) * below(30));
    expect(isCopy(noise, concat([noise, manifest]))).toBe(false);
  }
  expect(isCopy(concat([ftyp, u32(1), utf8("mdat"), new Uint8Array(4)]), film)).toBe(false);
});

it("what is no certificate has no fingerprint", () => {
  expect(fingerprint("")).toBe(null);
  expect(fingerprint("-----BEGIN CERTIFICATE-----\n=\n-----END CERTIFICATE-----")).toBe(null);
  expect(new TextDecoder().decode(signerText("ab"))).toContain("fingerprint:\n\nab\n");
});
