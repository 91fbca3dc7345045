import { afterEach, expect, test, vi } from "vitest";
import { Feed } from "./feed.ts";
import type { Source } from "./source.ts";

/** As a browser's: it opens a while after it was attached, and takes whatever comes. */
class Media extends EventTarget {
  readyState = "closed";
  duration = 0;
  constructor() {
    super();
    setTimeout(() => {
      this.readyState = "open";
      this.dispatchEvent(new Event("sourceopen"));
    }, 5);
  }
  addSourceBuffer(): object {
    return { updating: false, appendBuffer: () => undefined };
  }
  endOfStream(): void {}
}

afterEach(() => vi.unstubAllGlobals());

function video(): HTMLVideoElement {
  return Object.assign(new EventTarget(), { currentTime: 0, removeAttribute: () => undefined }) as unknown as HTMLVideoElement;
}
function failing(part: "init" | "segment"): Source {
  const bytes = async () => new Uint8Array(1);
  const fail = async () => Promise.reject(new Error(part));
  return {
    mime: "video/mp4",
    width: 16,
    height: 9,
    durationMs: 1000,
    segments: [{ startMs: 0, durationMs: 1000 }],
    init: part === "init" ? fail : bytes,
    segment: part === "segment" ? fail : bytes,
  };
}

test.each(["init", "segment"] as const)("a failing %s is told once, and never goes unhandled", async (part) => {
  vi.stubGlobal("MediaSource", Media);
  vi.stubGlobal("URL", { createObjectURL: () => "blob:film", revokeObjectURL: () => undefined });
  const told: unknown[] = [];
  const feed = new Feed(video(), failing(part), (error) => told.push(error));
  await new Promise((resolve) => setTimeout(resolve, 30)); // an unhandled one would fail this run
  expect(told).toEqual([new Error(part)]);
  feed.stop();
});

test("what fails after the film was stopped is nobody's concern", async () => {
  vi.stubGlobal("MediaSource", Media);
  vi.stubGlobal("URL", { createObjectURL: () => "blob:film", revokeObjectURL: () => undefined });
  const told: unknown[] = [];
  new Feed(video(), failing("init"), (error) => told.push(error)).stop();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(told).toEqual([]);
});
