// A camera by Media Source Extensions, for browsers that decode no single pictures.
import { afterEach, expect, test, vi } from "vitest";
import type { Bytes } from "../bytes.ts";
import { VideoSink } from "./video.ts";

/** A buffer that takes one thing at a time, as browsers' do, and is done when a test says so. */
class Buffer extends EventTarget {
  updating = false;
  readonly appended: Uint8Array[] = [];
  removals = 0;
  from = 0;
  to = 0;
  get buffered(): TimeRanges {
    return { length: this.to > 0 ? 1 : 0, start: () => this.from, end: () => this.to };
  }
  appendBuffer(bytes: Uint8Array): void {
    this.#begin();
    this.appended.push(bytes);
  }
  remove(_: number, to: number): void {
    this.#begin();
    this.removals++;
    this.from = to;
  }
  done(): void {
    this.updating = false;
    this.dispatchEvent(new Event("updateend"));
  }
  #begin(): void {
    if (this.updating) throw new DOMException("It does something else.", "InvalidStateError");
    this.updating = true;
  }
}

/** The media of the sink that was made last. */
let media: Media;
class Media extends EventTarget {
  readonly readyState = "open";
  readonly buffer = new Buffer();
  constructor() {
    super();
    media = this;
  }
  addSourceBuffer(): Buffer {
    return this.buffer;
  }
}
afterEach(() => vi.unstubAllGlobals());

test("no picture is lost while what is old is let go of", () => {
  vi.stubGlobal("MediaSource", Media);
  vi.stubGlobal("URL", { createObjectURL: () => "blob:film", revokeObjectURL: () => undefined });
  const video = { currentTime: 0, paused: false, removeAttribute: () => undefined } as unknown as HTMLVideoElement;
  const failed = vi.fn();
  const sink = new VideoSink(video, { now: () => 0, shown: () => undefined, failed });
  sink.begin({ camera: "c".repeat(26), role: "main", stream: 1, key: "", codec: "avc1.4d401f", config: "", width: 640, height: 360 });
  media.dispatchEvent(new Event("sourceopen"));
  media.buffer.done(); // the beginning is in
  for (let n = 0; n < 60; n++) {
    sink.show({ number: n, isKey: n === 0, atUs: n * 900_000, wallUs: n * 900_000, missed: 0, data: Uint8Array.of(n) as Bytes });
    if (n % 2 === 0) continue; // on a busy machine the next picture waits already
    media.buffer.to = n;
    while (media.buffer.updating) media.buffer.done();
  }
  expect(media.buffer.removals).toBeGreaterThan(0);
  expect(media.buffer.appended).toHaveLength(1 + 60);
  expect(failed).not.toHaveBeenCalled();
});
