/** A refusal names its clauses, and a page shows each with its own words. */
import { expect, it } from "vitest";
import { refusalOf } from "./clauses.ts";

const said = (what: string) => refusalOf({ what, kept: "Nothing was changed.", todo: "Look." });

it("takes each clause out of a refusal with its words", () => {
  const found = said("voted does not follow published. The ordinance: [agreement.heard, 1.3] No hearing was held. [clause.speech, 1.12] It approves words.");
  expect(found.trouble.what).toBe("voted does not follow published. The ordinance:");
  expect(found.clauses.map(({ text, cites }) => [text, cites])).toEqual([
    ["No hearing was held.", "1.3, agreement.heard"],
    ["It approves words.", "1.12, clause.speech"],
  ]);
});

it("leaves a trouble without clauses as it came", () => {
  const found = said("The server does not answer [at all].");
  expect([found.trouble.what, found.clauses]).toEqual(["The server does not answer [at all].", []]);
});
