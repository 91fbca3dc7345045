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

/** A buffer that takes one part at a time, as a browser's does; while it takes the first, somebody moves on. */
class OneAtATime extends EventTarget {
  updating = false;
  readonly took: number[] = [];
  readonly #moves: () => void;
  constructor(moves: () => void) {
    super();
    this.#moves = moves;
  }
  appendBuffer(bytes: Uint8Array): void {
    if (this.updating) throw new DOMException("it takes another part", "InvalidStateError");
    this.updating = true;
    this.took.push(bytes[0] ?? 0);
    if (this.took.length === 1) this.#moves();
    setTimeout(() => {
      this.updating = false;
      this.dispatchEvent(new Event("updateend"));
    }, 5);
  }
}

test("a move while the beginning is being taken waits for it, and nothing is taken twice", async () => {
  const element = video();
  const buffer = new OneAtATime(() => element.dispatchEvent(new Event("seeking")));
  let ended = (): void => undefined;
  const whole = new Promise<void>((resolve) => (ended = resolve));
  class Taking extends Media {
    override addSourceBuffer(): object {
      return buffer;
    }
    override endOfStream(): void {
      ended();
    }
  }
  vi.stubGlobal("MediaSource", Taking);
  vi.stubGlobal("URL", { createObjectURL: () => "blob:film", revokeObjectURL: () => undefined });
  const told: unknown[] = [];
  const segments = [0, 1, 2].map((n) => ({ startMs: n * 1000, durationMs: 1000 }));
  const part = (n: number) => async () => new Uint8Array([n]);
  const film: Source = { ...failing("init"), durationMs: 3000, segments, init: part(9), segment: (n) => part(n)() };
  const feed = new Feed(element, film, (error) => told.push(error));
  await whole;
  expect(told).toEqual([]);
  expect(buffer.took).toEqual([9, 0, 1, 2]);
  feed.stop();
});
