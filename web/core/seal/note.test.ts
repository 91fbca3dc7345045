// Notes on clips, by the vector that stock cryptography wrote (tests/seal/notes.py).
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hex, unhex, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { NOTE_LENGTH, NOTE_MOST, noteKey, openNote, sealNote } from "./note.ts";

const GIVEN = JSON.parse(readFileSync(new URL("../../../vectors/seal/note.json", import.meta.url), "utf8"));
const key = await noteKey(unhex(GIVEN.file_key));

it("R05 a note is written and read as the vector says", async () => {
  expect(hex(await sealNote(key, GIVEN.clip, GIVEN.note, unhex(GIVEN.iv)))).toBe(GIVEN.sealed);
  expect(await openNote(key, GIVEN.clip, unhex(GIVEN.sealed))).toBe(GIVEN.note);
});

it.each(GIVEN.bad as { why: string; error: string }[])("R05 refused: $why", async (bad) => {
  const given = { ...GIVEN, ...bad };
  await expect(openNote(await noteKey(unhex(given.file_key)), given.clip, unhex(given.sealed))).rejects.toMatchObject({ code: bad.error });
});

it("R05 every note comes back and is as long as any other; one that is too long is refused before it is sealed", async () => {
  const text = fc.string({ unit: "binary", maxLength: 300 }).filter((one) => !one.includes("\0"));
  await fc.assert(
    fc.asyncProperty(text, async (one) => {
      const sealed = await sealNote(key, GIVEN.clip, one);
      expect(sealed.length).toBe(NOTE_LENGTH);
      expect(await openNote(key, GIVEN.clip, sealed)).toBe(one);
    }),
    { numRuns: 50 },
  );
  expect((await sealNote(key, GIVEN.clip, "a".repeat(NOTE_MOST))).length).toBe(NOTE_LENGTH);
  await expect(sealNote(key, GIVEN.clip, "é".repeat(NOTE_MOST))).rejects.toMatchObject({ code: "malformed" });
  expect(utf8("é").length).toBe(2);
});

it("R05 no bytes make it throw anything but its own error", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: NOTE_LENGTH - 2, maxLength: NOTE_LENGTH + 2 }), async (bytes) => {
      await expect(openNote(key, GIVEN.clip, bytes)).rejects.toBeInstanceOf(SealError);
    }),
    { numRuns: 50 },
  );
});
