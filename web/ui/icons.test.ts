import { describe, expect, it } from "vitest";
import { PATHS } from "./icons.ts";

const files = import.meta.glob<string>(["../apps/**/*.svelte", "./*.svelte"], { query: "?raw", import: "default", eager: true });
const asked = (source: string): string[] => [...source.matchAll(/(?:<Icon name|\bicon|\bfilled)(?:=|: )"([a-z-]+)"/g)].map((match) => match[1] ?? "");

describe("icons", () => {
  it("are all there that a page names", () => {
    const names = Object.values(files).flatMap(asked);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !PATHS.has(name))).toEqual([]);
  });

  it("are missed where a page names one that is not there", () => {
    expect(asked(`<Icon name="no-such-drawing" />`).filter((name) => !PATHS.has(name))).toEqual(["no-such-drawing"]);
  });
});
