/** Feeds a video element from a Source through Media Source Extensions: the moment asked for first, then ahead of it.
 *
 *  Holds:   a segment reaches the decoder once, and only after its source opened it; a seek overtakes what was ahead.
 *  Absent:  controls and words.
 */
import { nextWanted, type Source } from "./source.ts";

const AHEAD_MS = 12_000;
const KEEP_S = 30; // seconds kept on each side when the browser's buffer is full

type SourceClass = typeof MediaSource;

function sourceClass(): SourceClass | null {
  const scope = globalThis as { MediaSource?: SourceClass; ManagedMediaSource?: SourceClass };
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null; // iPhones have only the managed one
}

export function canPlay(mime: string): boolean {
  return sourceClass()?.isTypeSupported(mime) ?? false;
}

export class Feed {
  readonly #video: HTMLVideoElement;
  readonly #source: Source;
  readonly #onerror: (error: unknown) => void;
  readonly #have = new Set<number>();
  #media: MediaSource | null = null;
  #buffer: SourceBuffer | null = null;
  #address: string | null = null;
  #pumping = true; // until what comes first is in
  #stopped = false;
  #everything = false;

  constructor(video: HTMLVideoElement, source: Source, onerror: (error: unknown) => void) {
    this.#video = video;
    this.#source = source;
    this.#onerror = onerror;
    video.addEventListener("seeking", this.#pump);
    video.addEventListener("timeupdate", this.#pump);
    void this.#start();
  }

  /** Goes on fetching to the end, so that every piece is checked. */
  fetchAll(): void {
    this.#everything = true;
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#video.removeEventListener("seeking", this.#pump);
    this.#video.removeEventListener("timeupdate", this.#pump);
    this.#video.removeAttribute("src");
    if (this.#address) URL.revokeObjectURL(this.#address);
  }

  async #start(): Promise<void> {
    try {
      const Class = sourceClass();
      if (!Class) throw new Error("no-media-source");
      // Both parts lie in the first piece: asking for them at once saves a round trip before the first picture.
      const init = this.#source.init();
      const first = nextWanted(this.#source.segments, this.#have, this.#video.currentTime * 1000, 0);
      const segment = first >= 0 ? this.#source.segment(first) : null;
      for (const part of [init, segment]) part?.catch(() => undefined); // reported once, below
      const media = new Class();
      this.#media = media;
      this.#video.disableRemotePlayback = true; // a condition of the managed kind
      this.#address = URL.createObjectURL(media);
      this.#video.src = this.#address;
      if (media.readyState !== "open") await once(media, "sourceopen");
      if (this.#stopped) return;
      media.duration = this.#source.durationMs / 1000;
      this.#buffer = media.addSourceBuffer(this.#source.mime);
      await this.#append(await init);
      if (segment) {
        this.#have.add(first);
        await this.#append(await segment);
      }
      this.#pumping = false;
      this.#pump();
    } catch (error) {
      if (!this.#stopped) this.#onerror(error);
    }
  }

  readonly #pump = (): void => {
    if (this.#pumping || this.#stopped || !this.#buffer) return;
    this.#pumping = true;
    void this.#run().finally(() => {
      this.#pumping = false;
    });
  };

  async #run(): Promise<void> {
    const { segments } = this.#source;
    for (;;) {
      const ahead = this.#everything ? Number.POSITIVE_INFINITY : AHEAD_MS;
      let next = nextWanted(segments, this.#have, this.#video.currentTime * 1000, ahead);
      if (next < 0 && this.#everything) next = segments.findIndex((_, i) => !this.#have.has(i));
      if (next < 0 || this.#stopped) return;
      try {
        const bytes = await this.#source.segment(next);
        if (this.#stopped) return;
        this.#have.add(next);
        await this.#append(bytes);
        if (next === segments.length - 1 && this.#media?.readyState === "open") this.#media.endOfStream();
      } catch (error) {
        if (!this.#stopped) this.#onerror(error);
        return;
      }
    }
  }

  async #append(bytes: BufferSource): Promise<void> {
    const buffer = this.#buffer;
    if (!buffer || this.#stopped) return;
    try {
      buffer.appendBuffer(bytes);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") throw error;
      await this.#makeRoom(buffer);
      buffer.appendBuffer(bytes);
    }
    if (buffer.updating) await once(buffer, "updateend");
  }

  async #makeRoom(buffer: SourceBuffer): Promise<void> {
    const now = this.#video.currentTime;
    this.#everything = false;
    for (const [from, to] of [[0, now - KEEP_S], [now + KEEP_S, Number.POSITIVE_INFINITY]] as const) {
      if (to <= from) continue;
      buffer.remove(from, to);
      await once(buffer, "updateend");
      this.#source.segments.forEach((segment, i) => {
        const start = segment.startMs / 1000;
        if (start + segment.durationMs / 1000 > from && start < to) this.#have.delete(i);
      });
    }
  }
}

function once(target: EventTarget, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    target.addEventListener(event, () => resolve(), { once: true });
    target.addEventListener("error", () => reject(new Error(`The browser refused the video (${event}).`)), { once: true });
  });
}
