import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedParagraphs, difference, type Piece } from "./difference.ts";

const joined = (pieces: readonly Piece[], without: Piece["kind"]): string =>
  pieces
    .filter(({ kind }) => kind !== without)
    .map(({ text }) => text)
    .join("");
const words = fc.array(fc.constantFrom("you ", "may ", "not ", "leave", ". ", "\n\n", "today", "’s ", "é", "\n"), { maxLength: 60 }).map((all) => all.join(""));

describe("R53 the difference of two texts", () => {
  it("is what was struck and what was added, word by word", () => {
    const shown = (kind: Piece["kind"]): Piece[] => [
      { kind: "same", text: "You may " },
      { kind, text: "not " },
      { kind: "same", text: "leave" },
      { kind, text: " today" },
      { kind: "same", text: ".\n" },
    ];
    expect(difference("You may leave.\n", "You may not leave today.\n")).toEqual(shown("added"));
    expect(difference("You may not leave today.\n", "You may leave.\n")).toEqual(shown("struck"));
  });

  it("is a sentence in the place of another where hardly a word stayed", () => {
    expect(changedParagraphs(difference("First.\n\nSo far nobody has asked for anything.\n", "First.\n\nOn Monday an insurer asked for a list.\n"))).toEqual([
      [
        { kind: "struck", text: "So far nobody has" },
        { kind: "added", text: "On Monday an insurer" },
        { kind: "same", text: " asked for " },
        { kind: "struck", text: "anything" },
        { kind: "added", text: "a list" },
        { kind: "same", text: ".\n" },
      ],
    ]);
  });

  it("holds both texts whole, whatever they are", () => {
    fc.assert(
      fc.property(fc.oneof(words, fc.string()), fc.oneof(words, fc.string()), (before, after) => {
        const pieces = difference(before, after);
        expect(joined(pieces, "added")).toBe(before);
        expect(joined(pieces, "struck")).toBe(after);
      }),
    );
  });

  it("says nothing changed only of the same text", () => {
    fc.assert(fc.property(words, (text) => difference(text, text).every(({ kind }) => kind === "same")));
    fc.assert(fc.property(words, words, (one, other) => one === other || difference(one, other).some(({ kind }) => kind !== "same")));
  });

  it("shows the paragraphs that changed and no other", () => {
    const shown = changedParagraphs(difference("One.\n\nTwo.\n\nThree.\n", "One.\n\nTwo more.\n\nThree.\n"));
    expect(shown).toEqual([[{ kind: "same", text: "Two" }, { kind: "added", text: " more" }, { kind: "same", text: "." }]]);
  });
});
