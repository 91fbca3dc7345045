import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Openings } from "./openings.ts";

const HOME = "h".repeat(26);
const ME = "m".repeat(26);
function storage(text: string | null = null): Pick<Storage, "getItem" | "setItem"> {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_, value) => {
      kept = value;
    },
  };
}
const opened = (clip: string, at = new Date().toISOString()) => ({ camera: "c", clip, at });

describe("R52 clips opened on this device", () => {
  it("wait until a hub has written them down, each once", () => {
    const kept = storage();
    const openings = new Openings(kept, HOME, ME);
    for (const clip of ["a", "b", "a"]) openings.add(opened(clip));
    expect(new Openings(kept, HOME, ME).all().map(({ clip }) => clip)).toEqual(["b", "a"]);
    openings.drop("b");
    expect(openings.all().map(({ clip }) => clip)).toEqual(["a"]);
  });

  it("are told by whom they were opened, on a browser that two people share", () => {
    const shelf = new Map<string, string>();
    const shared = { getItem: (name: string) => shelf.get(name) ?? null, setItem: (name: string, value: string) => void shelf.set(name, value) };
    new Openings(shared, HOME, ME).add(opened("a"));
    expect(new Openings(shared, HOME, "o".repeat(26)).all()).toEqual([]);
    expect(new Openings(shared, HOME, ME).all()).toHaveLength(1);
  });

  it("are few, and none that the hub would have forgotten", () => {
    const openings = new Openings(storage(), HOME, ME);
    openings.add(opened("old", new Date(Date.now() - 31 * 86_400_000).toISOString()));
    for (let i = 0; i < 250; i++) openings.add(opened(`clip ${i}`));
    expect(openings.all()).toHaveLength(200);
    expect(openings.all().at(-1)?.clip).toBe("clip 249");
  });

  it("any text in their place is none of them, and a full device breaks nothing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(Array.isArray(new Openings(storage(text), HOME, ME).all())).toBe(true);
      }),
    );
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(() => new Openings(full, HOME, ME).add(opened("a"))).not.toThrow();
  });
});
