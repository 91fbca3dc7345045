/** One session with a hub: asks, then watches cameras, fetches footage and speaks, all of it sealed.
 *
 *  In:     a pipe to the relay, who we are, which hubs are ours.
 *  Out:    pictures to the sinks that asked for them; the hub's words to `events`.
 *  Holds:  nothing is shown that our hub did not seal for us; an altered, repeated or missing message ends the
 *          session as `altered`, except that pictures may be left out: a slow network's relay does that, and the
 *          sink is told how many.
 *  Absent: the screen (`canvas`, `video`), opening the pipe anew (the app).
 */
import { BadAnswer } from "../api/shape.ts";
import { type Bytes, unb64, utf8 } from "../seal/bytes.ts";
import { SealError } from "../seal/errors.ts";
import { type HubEnd, makeAsk, readAnswer, type Who } from "./asking.ts";
import { Fetching, type OnPart } from "./fetching.ts";
import type { Ended, Pipe } from "./pipe.ts";
import { ANSWER, FOOTAGE, HELLO, JSON_WORDS, LiveAltered, Listener, newNonce, type Picture, PICTURE, SOUND, Speaker, streamOf, StreamOpener, WORDS } from "./sealed.ts";
import type { SoundSink } from "./sound.ts";
import { type HubWord, type LiveCamera, type OpeningOf, type Quality, readWord, type Role, type SoundTold, type StreamTold, type ViewingOf } from "./words.ts";

const FEEDBACK_MS = 1000;
const PING_MS = 5000;

/** What shows a camera. `hub` times are ms by the hub's clock. */
export interface Sink {
  begin(told: StreamTold): void;
  show(picture: Picture): void;
  /** How it went since it was last asked. */
  report(): { behindMs: number; missed: number; shown: number };
}
export interface WatchAsk {
  readonly quality: Quality;
  readonly width: number;
  readonly h265: boolean;
}
export interface Events {
  opened(): void;
  /** `takesOpenings`: the hub wants to be told of clips that are opened. */
  cameras(cameras: readonly LiveCamera[], takesOpenings: boolean): void;
  who(viewing: readonly ViewingOf[]): void;
  stopped(camera: string, why: string): void;
  pace(camera: string, role: Role, keysOnly: boolean): void;
  /** The hub wrote down that a clip was opened. */
  noted(clip: string): void;
  talk(camera: string, state: "on" | "off" | "refused", why: string | null): void;
  closed(why: Ended | "altered"): void;
}

/** Who watched, and who opened clips, the newest first. */
export interface Lately {
  readonly viewings: readonly ViewingOf[];
  readonly openings: readonly OpeningOf[];
}

interface Stream {
  readonly camera: string;
  readonly opener: StreamOpener;
  readonly sounds: boolean;
}

export class LiveSession {
  readonly #pipe: Pipe;
  readonly #who: Who;
  readonly #hubs: readonly HubEnd[];
  readonly #events: Events;
  readonly #nonce = newNonce();
  readonly #sinks = new Map<string, Sink>();
  readonly #streams = new Map<number, Stream>();
  readonly #ears = new Map<string, SoundSink>();
  readonly #sparse = new Set<string>();
  /** All pictures are to come again, from the next key frame on: what lies between was left out on purpose. */
  readonly #resuming = new Set<string>();
  readonly #fetches = new Map<number, Fetching>();
  readonly #pings = new Map<number, number>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #histories: ((lately: Lately) => void)[] = [];
  #speaker: Speaker | null = null;
  #listener: Listener | null = null;
  #chain: Promise<void> = Promise.resolve();
  #saying: Promise<void> = Promise.resolve();
  #numbers = 0;
  #bestMs = Infinity;
  #done = false;
  /** Add it to `Date.now()` for the hub's clock, ms. */
  aheadMs = 0;

  constructor(pipe: Pipe, who: Who, hubs: readonly HubEnd[], events: Events) {
    this.#pipe = pipe;
    this.#who = who;
    this.#hubs = hubs;
    this.#events = events;
    pipe.onclose = (why) => this.#end(why);
    pipe.onmessage = (data) => {
      this.#chain = this.#chain.then(() => this.#hear(data)).catch((error: unknown) => this.#fail(error));
    };
  }

  /** Shows a camera in `sink`; asked again, it changes how. */
  watch(camera: string, ask: WatchAsk, sink: Sink): void {
    this.#sinks.set(camera, sink);
    this.#say("watch", { camera, ...ask });
  }
  unwatch(camera: string): void {
    if (this.#sinks.delete(camera)) this.#say("unwatch", { camera });
  }

  /** Lets a camera that is watched be heard; only of a hub that says that it has sound. */
  listen(camera: string, sink: SoundSink): void {
    this.#ears.set(camera, sink);
    this.#say("listen", { camera });
  }
  unlisten(camera: string): void {
    if (this.#ears.delete(camera)) this.#say("unlisten", { camera });
  }

  /** Fetches what was recorded between two times. */
  footage(camera: string, start: Date, end: Date, h265: boolean, onPart: OnPart): Fetching {
    const id = ++this.#numbers;
    const fetching = new Fetching(id, onPart, (word, fields) => this.#say(word, fields));
    this.#fetches.set(id, fetching);
    this.#say("footage", { id, camera, start: start.toISOString(), end: end.toISOString(), h265 });
    return fetching;
  }

  /** Who watched lately, the newest first. */
  history(): Promise<Lately> {
    this.#say("history", {});
    return new Promise((resolve) => this.#histories.push(resolve));
  }

  /** Tells that a clip was opened here; only a hub that wants to know. */
  opened(camera: string, clip: string, at: string): void {
    this.#say("opened", { camera, clip, at });
  }

  talk(camera: string): void {
    this.#say("talk", { camera });
  }
  /** Samples of 16 bits at 8 kHz. */
  sound(pcm: Bytes): void {
    this.#sayBytes(SOUND, pcm);
  }
  hush(): void {
    this.#say("hush", {});
  }
  close(): void {
    this.#pipe.close();
    this.#end("ended");
  }

  async #hear(message: Bytes): Promise<void> {
    if (this.#done) return;
    const kind = message[0];
    if (kind === PICTURE) return this.#picture(message);
    if (kind === WORDS && this.#listener) {
      const { kind: what, body } = await this.#listener.open(message);
      if (what === JSON_WORDS) return this.#word(body);
      if (what === FOOTAGE && body.length >= 4) {
        const id = new DataView(body.buffer, body.byteOffset).getUint32(0);
        return this.#fetches.get(id)?.bytes(body.subarray(4));
      }
      return;
    }
    if (kind === HELLO && !this.#listener) {
      const [hub] = this.#hubs;
      if (!hub) throw new SealError("bad_key", "there is no hub to ask");
      return this.#pipe.send(await makeAsk(this.#who, hub, message.subarray(1), this.#nonce, new Date()));
    }
    if (kind === ANSWER && !this.#listener) {
      const keys = await readAnswer(message.subarray(1), this.#who, this.#nonce, this.#hubs);
      this.#listener = await Listener.make(keys.down, keys.session, "down");
      this.#speaker = await Speaker.make(keys.up, keys.session, "up");
      this.#timers.push(setInterval(() => this.#feedback(), FEEDBACK_MS), setInterval(() => this.#ping(), PING_MS));
      this.#ping();
      this.#events.opened();
      return;
    }
    throw new LiveAltered("it came out of turn");
  }

  async #picture(message: Bytes): Promise<void> {
    const stream = this.#streams.get(streamOf(message) ?? -1);
    const sink = stream && this.#sinks.get(stream.camera);
    const ear = stream?.sounds ? this.#ears.get(stream.camera) : undefined;
    if (!stream || !(stream.sounds ? ear : sink)) return; // of a stream that we gave up a moment ago
    const picture = await stream.opener.open(message);
    if (ear) return ear.hear(picture);
    if (!sink) return;
    const resumes = this.#resuming.has(stream.camera);
    if (resumes && !picture.isKey) return;
    this.#resuming.delete(stream.camera);
    sink.show(resumes || this.#sparse.has(stream.camera) ? { ...picture, missed: 0 } : picture);
  }

  async #word(body: Uint8Array): Promise<void> {
    const word = readWord(JSON.parse(new TextDecoder().decode(body)));
    if (!word) return;
    if (word.t === "stream") return this.#begin(word);
    if (word.t === "sound") return this.#beginSound(word);
    this.#tell(word);
  }

  async #begin(word: StreamTold): Promise<void> {
    // Keys of a camera's other streams are let go of: nothing under them comes any more.
    for (const [number, stream] of this.#streams) if (stream.camera === word.camera && !stream.sounds) this.#streams.delete(number);
    const opener = await StreamOpener.make(word.stream, unb64(word.key), word.camera, word.role);
    this.#streams.set(word.stream, { camera: word.camera, opener, sounds: false });
    this.#sinks.get(word.camera)?.begin(word);
  }

  async #beginSound(word: SoundTold): Promise<void> {
    for (const [number, stream] of this.#streams) if (stream.camera === word.camera && stream.sounds) this.#streams.delete(number);
    const opener = await StreamOpener.make(word.stream, unb64(word.key), word.camera, "sound");
    this.#streams.set(word.stream, { camera: word.camera, opener, sounds: true });
    this.#ears.get(word.camera)?.begin(word);
  }

  #tell(word: Exclude<HubWord, { t: "stream" | "sound" }>): void {
    switch (word.t) {
      case "cameras":
        return this.#events.cameras(word.cameras, word.openings);
      case "who":
        return this.#events.who(word.viewing);
      case "history":
        for (const tell of this.#histories.splice(0)) tell(word);
        return;
      case "opened":
        return this.#events.noted(word.clip);
      case "pace":
        if (word.keys_only) this.#sparse.add(word.camera);
        else if (this.#sparse.delete(word.camera)) this.#resuming.add(word.camera);
        return this.#events.pace(word.camera, word.role, word.keys_only);
      case "stopped":
        return this.#events.stopped(word.camera, word.why);
      case "part":
        return this.#fetches.get(word.id)?.part(word);
      case "footage":
        this.#fetches.get(word.id)?.over(word.state);
        this.#fetches.delete(word.id);
        return;
      case "talk":
        return this.#events.talk(word.camera, word.state, word.why);
      case "pong": {
        const sent = this.#pings.get(word.n);
        const now = Date.now();
        if (sent === undefined) return;
        this.#pings.delete(word.n);
        this.#bestMs += 1; // an old measurement is worth a little less each time
        if (now - sent > this.#bestMs) return;
        this.#bestMs = now - sent;
        this.aheadMs = word.at_us / 1000 - (sent + now) / 2;
      }
    }
  }

  #feedback(): void {
    for (const [camera, sink] of this.#sinks) {
      const { behindMs, missed, shown } = sink.report();
      if (shown > 0 || missed > 0) this.#say("feedback", { camera, behind_ms: Math.max(0, Math.round(behindMs)), missed, shown });
    }
  }
  #ping(): void {
    const n = ++this.#numbers;
    this.#pings.set(n, Date.now());
    this.#say("ping", { n });
  }

  #say(t: string, fields: object): void {
    this.#sayBytes(JSON_WORDS, utf8(JSON.stringify({ t, ...fields })));
  }
  #sayBytes(kind: number, body: Bytes): void {
    const speaker = this.#speaker;
    if (!speaker || this.#done) return;
    this.#saying = this.#saying.then(async () => this.#pipe.send(await speaker.seal(kind, body))).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (!(error instanceof LiveAltered || error instanceof SealError || error instanceof BadAnswer || error instanceof SyntaxError)) console.error(error);
    if (this.#done) return;
    this.#end("altered");
    this.#pipe.close();
  }

  #end(why: Ended | "altered"): void {
    if (this.#done) return;
    this.#done = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const fetching of this.#fetches.values()) fetching.over("cut");
    for (const tell of this.#histories.splice(0)) tell({ viewings: [], openings: [] });
    this.#events.closed(why);
  }
}
