import { expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { equal } from "../../../core/seal/bytes.ts";
import { SealError, type SealCode } from "../../../core/seal/errors.ts";
import { brokenText, rangesAhead } from "./opening.ts";
import type { Pane } from "../../../core/seal/clip.ts";

test("each kind of damage has its own sentence", () => {
  const cases: [Pane, SealCode, string][] = [
    ["signature", "bad_signature", "it does not hold"],
    ["signature", "not_for_us", "x"],
    ["signature", "malformed", "x"],
    ["signature", "destroyed", "x"],
    ["order", "replayed_manifest", "x"],
    ["key", "wrong_file_key", "x"],
    ["pieces", "payload_altered", "piece 87 is not the one that was signed"],
    ["pieces", "payload_altered", "it was cut short"],
    ["record", "altered", "x"],
  ];
  const said = cases.map(([pane, code, why]) => brokenText(pane, new SealError(code, why), 143));
  expect(new Set(said).size).toBe(said.length);
  expect(said).toContain("Piece 88 of 143 is not what your hub sent.");
});

/** A payload of numbered bytes behind the server's ranges; `away` answers nobody. */
class Vault {
  readonly asked: string[] = [];
  away = false;
  readonly #pay: Uint8Array<ArrayBuffer>;
  readonly api = new Client(async (_, init) => {
    const [, from = "", to = ""] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get("Range") ?? "") ?? [];
    this.asked.push(`${from}-${to}`);
    if (this.away) throw new TypeError("network");
    return new Response(this.#pay.slice(Number(from), Number(to) + 1), { status: 206 });
  });

  constructor(length: number) {
    this.#pay = Uint8Array.from({ length }, (_, at) => at % 251);
  }
}
const is = (found: Uint8Array, from: number, end: number): boolean => equal(found, Uint8Array.from({ length: end - from }, (_, i) => (from + i) % 251));

test("the first pieces are asked for once, before anybody knows which are needed", async () => {
  const vault = new Vault(400_000);
  const ranges = rangesAhead(vault.api, "d");
  expect(is(await ranges(16, 65_568), 16, 65_568)).toBe(true);
  expect(is(await ranges(65_568, 131_120), 65_568, 131_120)).toBe(true);
  expect(vault.asked).toHaveLength(1);
  expect(is(await ranges(262_224, 327_776), 262_224, 327_776)).toBe(true);
  expect(vault.asked).toHaveLength(2);
});

test("a payload that is shorter than what was asked ahead, or does not come, is asked for as ever", async () => {
  const short = new Vault(70_000);
  expect(is(await rangesAhead(short.api, "d")(16, 70_000), 16, 70_000)).toBe(true);
  // The server has no more: what it gives is handed on, and the reader refuses it.
  expect(is(await rangesAhead(short.api, "d")(16, 131_120), 16, 70_000)).toBe(true);
  const away = new Vault(70_000);
  away.away = true;
  const ranges = rangesAhead(away.api, "d");
  await expect(ranges(16, 70_000)).rejects.toThrow("does not answer");
  away.away = false;
  expect(is(await ranges(16, 70_000), 16, 70_000)).toBe(true);
});
