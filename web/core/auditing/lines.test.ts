/** An auditor's lines, on a log made here: what holds is shown, and nothing that was changed. */
import { expect, test } from "vitest";
import type { LogPart } from "../api/auditing.ts";
import { hex, utf8 } from "../bytes.ts";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { jcs, jcsText, type Json } from "../jcs.ts";
import { makeLog, vkey } from "../proof/making.ts";
import { hashLeaf } from "../proof/merkle.ts";
import { checkPart } from "./lines.ts";

const SALT = "ab".repeat(32);
const commit = (type: string, field: string, value: Json): string => hex(hmac(sha256, new Uint8Array(32).fill(0xab), jcs([type, field, value])));
const leafOf = (officer: string): string =>
  jcsText({ v: 1, type: "request", pub: { agency: "CA0389900", decision: "refused" }, commit: { officer: commit("request", "officer", officer) } });
const [one, other] = [leafOf("R. Vale"), leafOf("K. Holt")];
const checkpoint = new TextDecoder().decode(makeLog([utf8(one), utf8(other)]).get("checkpoint"));
const part: LogPart = {
  checkpoint,
  vkey,
  witness_vkeys: "",
  entries: [{ index: 0, leaf: one, path: [hex(hashLeaf(utf8(other)))], openings: [{ field: "officer", salt: SALT, value: "R. Vale" }] }],
  next: null,
};
const lineOf = (change: Partial<LogPart["entries"][number]>) => {
  const found = checkPart({ ...part, entries: [{ ...part.entries[0]!, ...change }] });
  return found.kind === "checked" ? found.checked.lines[0] : found;
};

test("R46 a line that is in the record, with a name that was committed to, holds", () => {
  expect(lineOf({})).toMatchObject({ index: 0, type: "request", opened: { officer: "R. Vale" }, fault: null });
});

test("R46 another name, another place, another entry or another path does not", () => {
  expect(lineOf({ openings: [{ field: "officer", salt: SALT, value: "K. Holt" }] })).toMatchObject({ opened: {}, fault: expect.stringContaining("officer") });
  for (const change of [{ index: 1 }, { leaf: other }, { path: [] }, { path: ["zz"] }, { leaf: "{}" }]) {
    expect(lineOf(change)).toMatchObject({ type: "unreadable", opened: {}, fault: expect.any(String) });
  }
});

test("R46 a checkpoint that the log's key did not sign shows nothing", () => {
  expect(checkPart({ ...part, checkpoint: checkpoint.replace(/^2$/m, "3") })).toMatchObject({ kind: "refused" });
  expect(checkPart({ ...part, vkey: "nobody" })).toMatchObject({ kind: "refused" });
});
