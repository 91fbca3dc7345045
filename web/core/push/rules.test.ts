import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decide } from "./rules.ts";
import { type Choices, type Kind, type Mode, PLAIN } from "./behest.ts";

interface Case {
  name: string;
  choices: Partial<Choices>;
  mode: Mode;
  kind: Kind;
  camera: string;
  local: string;
  last: string | null;
  expect: string;
}
const { cases } = JSON.parse(readFileSync(`${import.meta.dirname}/../../../vectors/push/rules.json`, "utf8")) as { cases: Case[] };

describe("R01 the app says what the hub will do", () => {
  it.each(cases)("$name", ({ choices, mode, kind, camera, local, last, expect: verdict }) => {
    const minute = Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
    const happening = { kind, camera, at: Date.parse(local), minute };
    expect(decide({ ...PLAIN, kinds: {}, ...choices }, mode, happening, last === null ? null : Date.parse(last))).toBe(verdict);
  });
});
