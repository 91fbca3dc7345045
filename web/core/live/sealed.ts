/** How words and pictures are sealed between a hub and those who watch. Twin of fanlight.hub.live.sealed.
 *  AES-256-GCM by WebCrypto; bytes in, bytes out. */
import { b64, type Bytes, concat, utf8 } from "../bytes.ts";

export const HELLO = 0;
export const ANSWER = 1;
export const WORDS = 2;
export const PICTURE = 3;
export const JSON_WORDS = 0;
export const SOUND = 1;
export const FOOTAGE = 2;
const WORDS_HEAD = 9;
const PICTURE_HEAD = 13;
const FACTS = 17;

/** What came is not what the hub sent next: altered, repeated, moved, left out. */
export class LiveAltered extends Error {}

export type Direction = "up" | "down";

const view = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

function nonce(stream: number, count: number): Bytes {
  const iv = new Uint8Array(12);
  view(iv).setUint32(0, stream);
  view(iv).setBigUint64(4, BigInt(count));
  return iv;
}

const importKey = (raw: Bytes, use: KeyUsage): Promise<CryptoKey> => crypto.subtle.importKey("raw", raw, "AES-GCM", false, [use]);

async function open(key: CryptoKey, iv: Bytes, additionalData: Bytes, sealed: Uint8Array): Promise<Bytes> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed as Bytes));
  } catch (error) {
    if (error instanceof DOMException && error.name === "OperationError") throw new LiveAltered("it was altered");
    throw error;
  }
}

const bound = (session: Uint8Array, direction: Direction): Bytes => concat([utf8(`fanlight/live/v1\n${direction}\n`), session]);

/** Seals words, one after the other, in one direction of one session. */
export class Speaker {
  #next = 0;
  private constructor(
    readonly key: CryptoKey,
    readonly bound: Bytes,
  ) {}

  static async make(raw: Bytes, session: Uint8Array, direction: Direction): Promise<Speaker> {
    return new Speaker(await importKey(raw, "encrypt"), bound(session, direction));
  }

  async seal(kind: number, body: Uint8Array): Promise<Bytes> {
    const count = this.#next++;
    const head = new Uint8Array(WORDS_HEAD);
    head[0] = WORDS;
    view(head).setBigUint64(1, BigInt(count));
    const additionalData = concat([this.bound, head]);
    const plain = concat([Uint8Array.of(kind), body]);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce(0, count), additionalData }, this.key, plain);
    return concat([head, new Uint8Array(sealed)]);
  }
}

/** Opens words, one after the other; throws LiveAltered for any that is not the next. */
export class Listener {
  #next = 0;
  private constructor(
    readonly key: CryptoKey,
    readonly bound: Bytes,
  ) {}

  static async make(raw: Bytes, session: Uint8Array, direction: Direction): Promise<Listener> {
    return new Listener(await importKey(raw, "decrypt"), bound(session, direction));
  }

  async open(message: Uint8Array): Promise<{ kind: number; body: Bytes }> {
    if (message.length < WORDS_HEAD + 17) throw new LiveAltered("it is too short");
    const head = message.subarray(0, WORDS_HEAD);
    const count = Number(view(head).getBigUint64(1));
    if (head[0] !== WORDS || count !== this.#next) throw new LiveAltered("it was repeated, moved or left out");
    const plain = await open(this.key, nonce(0, count), concat([this.bound, head]), message.subarray(WORDS_HEAD));
    this.#next++;
    return { kind: plain[0] ?? -1, body: plain.subarray(1) };
  }
}

/** Times in µs: `atUs` for the decoder, `wallUs` by the hub's clock when it came from the camera. */
export interface Picture {
  readonly number: number;
  readonly isKey: boolean;
  readonly atUs: number;
  readonly wallUs: number;
  readonly data: Bytes;
  /** How many pictures between the one before and this one did not come. */
  readonly missed: number;
}

/** The stream that a sealed picture says it is of; null if it is no picture. */
export function streamOf(message: Uint8Array): number | null {
  return message[0] === PICTURE && message.length > PICTURE_HEAD ? view(message).getUint32(1) : null;
}

/** Opens one stream's pictures. What is older than the last is refused; gaps are counted. */
export class StreamOpener {
  #last = -1;
  private constructor(
    readonly stream: number,
    readonly key: CryptoKey,
    readonly bound: Bytes,
  ) {}

  static async make(stream: number, raw: Bytes, camera: string, role: string): Promise<StreamOpener> {
    return new StreamOpener(stream, await importKey(raw, "decrypt"), utf8(`fanlight/live/v1\n${camera}\n${role}\n`));
  }

  async open(message: Uint8Array): Promise<Picture> {
    if (message.length < PICTURE_HEAD + FACTS + 16 || streamOf(message) !== this.stream) throw new LiveAltered("it is no picture of this stream");
    const head = message.subarray(0, PICTURE_HEAD);
    const number = Number(view(head).getBigUint64(5));
    if (number <= this.#last) throw new LiveAltered("it was repeated or moved");
    const plain = await open(this.key, nonce(this.stream, number), concat([this.bound, head]), message.subarray(PICTURE_HEAD));
    const missed = this.#last < 0 ? 0 : number - this.#last - 1;
    this.#last = number;
    const facts = view(plain);
    return {
      number,
      isKey: (facts.getUint8(0) & 1) === 1,
      atUs: Number(facts.getBigUint64(1)),
      wallUs: Number(facts.getBigUint64(9)),
      data: plain.subarray(FACTS),
      missed,
    };
  }
}

/** 16 random bytes, base64: what an answer has to be about. */
export const newNonce = (): string => b64(crypto.getRandomValues(new Uint8Array(16)));
