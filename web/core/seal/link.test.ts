import fc from "fast-check";
import { expect, test } from "vitest";
import { openAge } from "./age.ts";
import { SealError } from "./errors.ts";
import { newIdentity } from "./keys.ts";
import { type LinkAbout, linkIdentity, openAbout, openFile, openOwn, readFragment, sealLink, sealOwn } from "./link.ts";
import { paddedLength } from "./manifest.ts";

const about: LinkAbout = {
  kind: "clip",
  title: "Front door",
  note: "Your parcel was left here.",
  when: "2026-11-22T10:00:00.000Z",
  made: { trimmed: true, faces: "blurred", regions: 2, sound: false },
  media: { mime: 'video/mp4; codecs="avc1.42e01f"', width: 640, height: 360, durationMs: 1_000, init: [0, 600], segments: [[600, 400, 0, 1_000]] },
};

test("R06 who has the link's address opens it, and nothing else does", async () => {
  const plain = crypto.getRandomValues(new Uint8Array(1_000));
  const sealed = await sealLink(plain, about);
  expect(await openAbout(sealed.about, sealed.secret)).toEqual(about);
  const media = await openFile(sealed.file, sealed.secret, "clip");
  expect(media.length).toBe(paddedLength(plain.length));
  expect(media.subarray(0, 1_000)).toEqual(plain);
  const other = await sealLink(plain, about);
  await expect(openAbout(sealed.about, other.secret)).rejects.toMatchObject({ code: "not_for_us" });
  // Any age program opens it: the identity is the one in age's own spelling.
  expect(await openAge(sealed.file, [linkIdentity(sealed.secret)])).toEqual(media);
}, 30_000);

test("R11 two links of the same copy have nothing in common, and lengths are padded", async () => {
  const plain = new Uint8Array(1_000);
  const [one, two] = await Promise.all([sealLink(plain, about), sealLink(plain, { ...about, note: "" })]);
  expect(one.secret).not.toBe(two.secret);
  expect(one.about.length).toBe(two.about.length);
  expect(one.file.length).toBe(two.file.length);
}, 30_000);

test("R04 a share for support is text, padded, and comes out as it went in", async () => {
  const text = new TextEncoder().encode('{"cameras":[]}');
  const sealed = await sealLink(text, { ...about, kind: "support", media: null });
  const opened = await openFile(sealed.file, sealed.secret, "support");
  expect(new TextDecoder().decode(opened)).toBe('{"cameras":[]}\n');
  expect((await openAbout(sealed.about, sealed.secret)).media).toBeNull();
}, 30_000);

test("the household opens what it keeps of a link; others do not", async () => {
  const [home, stranger] = await Promise.all([newIdentity(), newIdentity()]);
  const own = { secret: "A".repeat(43), title: "Front door", clip: "a".repeat(26), by: "b".repeat(26), day: "2026-11-22" };
  const sealed = await sealOwn(own, home.recipient);
  expect(await openOwn(sealed, [home.secret])).toEqual(own);
  await expect(openOwn(sealed, [stranger.secret])).rejects.toBeInstanceOf(SealError);
}, 30_000);

test("only a link's own end of an address is read", () => {
  const [link, secret] = ["a".repeat(26), "A".repeat(43)];
  expect(readFragment(`#${link}.${secret}`)).toEqual({ link, secret });
  for (const hash of ["", "#", `#${link}`, `#${link}.${secret}x`, `#${link}.${secret}.y`, `#${link.slice(1)}.${secret}`]) expect(readFragment(hash)).toBeNull();
  fc.assert(fc.property(fc.string(), (hash) => void readFragment(hash)));
});

test("bytes that are no link's refuse in one way", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (data) => {
      await expect(openAbout(data, "A".repeat(43))).rejects.toBeInstanceOf(SealError);
    }),
    { numRuns: 20 },
  );
}, 60_000);
