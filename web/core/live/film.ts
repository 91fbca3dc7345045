/** Footage as it comes, played at once and kept for saving. No more is asked for than a minute ahead. */
import { type Bytes, concat } from "../bytes.ts";
import { rebase } from "../fmp4/fragment.ts";
import type { FilmPart } from "./fetching.ts";

const AHEAD_S = 60;
const LEAD_S = 1; // every fetch begins one second in: sound may begin a little before its picture
const LOOK_MS = 250;

/** Plays into `video`; `origin` is what time 0 of it shows. */
export class Film {
  readonly #video: HTMLVideoElement;
  readonly #origin: Date;
  readonly #media = new MediaSource();
  readonly #address: string;
  readonly #opened: Promise<void>;
  #buffer: SourceBuffer | null = null;
  #mime = "";
  #base: Date | null = null;
  #closed = false;
  readonly #kept: { start: Date; fragment: Bytes }[] = [];
  #init: Bytes | null = null;
  #isOneCoding = true;

  constructor(video: HTMLVideoElement, origin: Date) {
    this.#video = video;
    this.#origin = origin;
    this.#address = URL.createObjectURL(this.#media);
    this.#opened = new Promise((resolve) => this.#media.addEventListener("sourceopen", () => resolve(), { once: true }));
    video.src = this.#address;
  }

  /** A new fetch: its first part begins a time of its own. */
  again(): void {
    this.#base = null;
  }

  /** Takes a part; returns when more is wanted. */
  async part(part: FilmPart): Promise<void> {
    await this.#opened;
    if (this.#closed) return;
    const first = this.#kept.length === 0;
    this.#base ??= part.start;
    const buffer = this.#bufferFor(part.mime);
    const offset = (this.#base.getTime() - this.#origin.getTime()) / 1000 - LEAD_S;
    if (part.init) {
      this.#isOneCoding &&= this.#init === null || this.#mime === part.mime;
      this.#init ??= part.init;
      await this.#append(buffer, part.init);
    }
    if (buffer.timestampOffset !== offset) buffer.timestampOffset = offset;
    await this.#append(buffer, part.fragment);
    this.#kept.push({ start: part.start, fragment: part.fragment });
    if (first && buffer.buffered.length > 0) this.#video.currentTime = Math.max(this.#video.currentTime, buffer.buffered.start(0));
    while (!this.#closed && this.#ahead() > AHEAD_S) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  /** All has come. */
  end(): void {
    if (!this.#closed && this.#media.readyState === "open" && this.#buffer?.updating === false) this.#media.endOfStream();
  }

  /** What came so far as one MP4; null where the camera changed how it codes in between. */
  file(): Blob | null {
    const [first] = this.#kept;
    if (!this.#init || !first || !this.#isOneCoding) return null;
    const parts = this.#kept.map(({ start, fragment }, i) => {
      const at = Math.round(((start.getTime() - first.start.getTime()) / 1000 + LEAD_S) * 90_000);
      return rebase(fragment, i + 1, at);
    });
    return new Blob([concat([this.#init, ...parts])], { type: "video/mp4" });
  }

  close(): void {
    this.#closed = true;
    this.#video.removeAttribute("src");
    URL.revokeObjectURL(this.#address);
  }

  #bufferFor(mime: string): SourceBuffer {
    if (this.#buffer === null) this.#buffer = this.#media.addSourceBuffer(mime);
    else if (mime !== this.#mime) this.#buffer.changeType(mime);
    this.#mime = mime;
    return this.#buffer;
  }

  #ahead(): number {
    const { buffered, currentTime } = this.#video;
    for (let i = 0; i < buffered.length; i++) if (buffered.end(i) > currentTime) return buffered.end(buffered.length - 1) - currentTime;
    return 0;
  }

  #append(buffer: SourceBuffer, bytes: Bytes): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (act: () => void) => () => {
        buffer.removeEventListener("updateend", yes);
        buffer.removeEventListener("error", no);
        act();
      };
      const yes = done(resolve);
      const no = done(() => reject(new Error("it does not play here")));
      buffer.addEventListener("updateend", yes);
      buffer.addEventListener("error", no);
      buffer.appendBuffer(bytes);
    });
  }
}
