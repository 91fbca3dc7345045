// What counsel signs is what the server checks (fanlight.wire.process), and names no household where everybody reads it.
import { describe, expect, it } from "vitest";
import { hex, readB64, utf8 } from "../bytes.ts";
import { jcs } from "../jcs.ts";
import { memberKeys, type MemberKeys, sha256, verify } from "../seal/keys.ts";
import { isPacket, signDecision, signRelease, signRenewal } from "./signing.ts";

const own = "a".repeat(26);
const process = "b".repeat(26);
const scope = { accounts: ["c".repeat(26)], what: ["contents"], start: "2026-11-20", end: "2026-11-22", area: "" };
const act = (what: string, of: string): Uint8Array<ArrayBuffer> => utf8(`{"account":"${own}","act":"${what}","of":"${of}"}`);

const holds = (keys: MemberKeys, context: string, data: Uint8Array, signature: string): void => {
  expect(() => verify(keys.signing.public, context, data, readB64(signature) ?? new Uint8Array())).not.toThrow();
  expect(() => verify(keys.signing.public, context, utf8("else"), readB64(signature) ?? new Uint8Array())).toThrow();
};

describe("what counsel signs", () => {
  it("R22: a decision, whole in one signature, and for everybody in another", async () => {
    const keys = await memberKeys(new Uint8Array(32).fill(9));
    const said = signDecision(keys, own, { process, kind: "warrant", document: "0".repeat(64), decision: "narrowed", reason: "Less.", scope }, "2026-11-23");
    const open = utf8(`{"act":"decide","day":"2026-11-23","decision":"narrowed","kind":"warrant","process":"${process}","v":1}`);
    holds(keys, "process", open, said.signed);
    const whole = hex(sha256(jcs({ process, document: "0".repeat(64), decision: "narrowed", reason: "Less.", scope })));
    holds(keys, "act", act("process-decision", whole), said.signature);
  });
  it("R22: a packet by its hash, and a renewal", async () => {
    const keys = await memberKeys(new Uint8Array(32).fill(9));
    const sha = hex(sha256(jcs({ rows: 1 })));
    const said = signRelease(keys, own, process, sha, "2026-11-23");
    holds(keys, "process", utf8(`{"act":"release","day":"2026-11-23","process":"${process}","v":1}`), said.signed);
    holds(keys, "act", act("process-release", `${process}/${sha}`), said.signature);
    expect([isPacket({ rows: 1 }, sha), isPacket({ rows: 2 }, sha)]).toEqual([true, false]);
    const longer = { process, until: "2027-01-01", court: "C", docket: "1", ordered: "2026-11-23" };
    holds(keys, "act", act("process-renewal", hex(sha256(jcs(longer)))), signRenewal(keys, own, longer));
  });
});
