import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, hex, readHex, utf8, type Bytes } from "../bytes.ts";
import { BadAnswer } from "../api/shape.ts";
import { find, walk } from "../fmp4/boxes.ts";
import { timing } from "../fmp4/fragment.ts";
import { identityRecipient, memberKeys, newIdentity, sign, signingKey } from "../seal/keys.ts";
import { openAge, sealAge } from "../seal/age.ts";
import { SealError } from "../seal/errors.ts";
import { jcs, parseJcs } from "../jcs.ts";
import { b64, text } from "../seal/bytes.ts";
import { makeAsk, readAnswer, type Who } from "./asking.ts";
import { Fetching, type FilmPart } from "./fetching.ts";
import { LATE_MS, Lateness } from "./late.ts";
import { fragment, initSegment } from "./mux.ts";
import type { Ended, Pipe } from "./pipe.ts";
import { ANSWER, HELLO, JSON_WORDS, LiveAltered, Listener, Speaker, StreamOpener } from "./sealed.ts";
import { LiveSession, type Events, type Sink } from "./session.ts";
import { Downsampler, Pieces } from "./talk.ts";
import { readWord } from "./words.ts";

const CASE = JSON.parse(readFileSync(new URL("../../../vectors/live/sealed.json", import.meta.url), "utf8"));
const bytes = (digits: string): Bytes => readHex(digits) ?? new Uint8Array(0);
const KEY = bytes(CASE.key);
const SESSION = bytes(CASE.session);

describe("sealed words and pictures", () => {
  it("open here as they were sealed by the hub's code", async () => {
    const up = await Listener.make(KEY, SESSION, "up");
    for (const [i, sealed] of CASE.sealed_words.entries()) {
      const { kind, body } = await up.open(bytes(sealed));
      expect({ kind, body: hex(body) }).toEqual(CASE.words[i]);
    }
    const opener = await StreamOpener.make(CASE.stream, KEY, CASE.camera, CASE.role);
    for (const [i, sealed] of CASE.sealed_pictures.entries()) {
      const { number, isKey, atUs, wallUs, data } = await opener.open(bytes(sealed));
      expect({ number, key: isKey, at_us: atUs, wall_us: wallUs, data: text(data) }).toEqual(CASE.pictures[i]);
    }
  });

  it("are refused when altered, repeated, moved, or another's", async () => {
    const [first, second] = CASE.sealed_pictures.map(bytes) as [Bytes, Bytes];
    const opener = await StreamOpener.make(7, KEY, CASE.camera, "main");
    await opener.open(second); // left out before it: counted, not refused
    await expect(opener.open(first)).rejects.toThrow(LiveAltered);
    await expect(opener.open(second)).rejects.toThrow(LiveAltered);
    for (const [camera, role] of [["d".repeat(26), "main"], [CASE.camera, "sub"]] as const) {
      await expect((await StreamOpener.make(7, KEY, camera, role)).open(first)).rejects.toThrow(LiveAltered);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(first.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bad = first.slice();
        bad[at] = (bad[at] ?? 0) ^ flip;
        await expect((await StreamOpener.make(7, KEY, CASE.camera, "main")).open(bad)).rejects.toThrow(LiveAltered);
      }),
      { numRuns: 60 },
    );
  });

  it("count what a slow network's relay left out", async () => {
    const opener = await StreamOpener.make(7, KEY, CASE.camera, "main");
    const [first, second] = CASE.sealed_pictures.map(bytes) as [Bytes, Bytes];
    expect((await opener.open(first)).missed).toBe(0);
    expect((await opener.open(second)).missed).toBe(0);
  });

  it("refuse any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (data) => {
        await expect((await Listener.make(KEY, SESSION, "down")).open(data)).rejects.toThrow(LiveAltered);
        await expect((await StreamOpener.make(1, KEY, "c", "main")).open(data)).rejects.toThrow(LiveAltered);
      }),
    );
  });
});

it("words of a hub are read strictly, and those of a newer hub left out", () => {
  expect(readWord({ t: "something new" })).toBeNull();
  expect(readWord({ t: "toString" })).toBeNull();
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        readWord(value);
      } catch (error) {
        expect(error).toBeInstanceOf(BadAnswer);
      }
    }),
  );
});

/** A hub on the other end of a pipe, as strict as the real one. */
class Hub {
  readonly pipe: Pipe;
  sent: Bytes[] = [];
  closed = false;
  #heard: (data: Bytes) => void = () => undefined;
  #gone: (why: Ended) => void = () => undefined;
  constructor() {
    const hub = this;
    this.pipe = {
      send: (data) => hub.sent.push(data),
      close: () => (hub.closed = true),
      waiting: 0,
      set onmessage(listener: (data: Bytes) => void) {
        hub.#heard = listener;
      },
      set onclose(listener: (why: Ended) => void) {
        hub.#gone = listener;
      },
    };
  }
  say(data: Bytes): void {
    this.#heard(data);
  }
  leave(why: Ended): void {
    this.#gone(why);
  }
  async next(): Promise<Bytes> {
    while (this.sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    return this.sent.shift() as Bytes;
  }
}

async function opened(signer = signingKey(new Uint8Array(32).fill(5)), wrong: Record<string, string> = {}) {
  const identity = await newIdentity();
  const hubKeys = signingKey(new Uint8Array(32).fill(5));
  const who: Who = { household: "h".repeat(26), account: "a".repeat(26), keys: await memberKeys(new Uint8Array(32).fill(9)) };
  const log: string[] = [];
  const events: Events = {
    opened: () => log.push("opened"),
    cameras: (cameras) => log.push(`cameras ${cameras.length}`),
    who: () => log.push("who"),
    stopped: (_, why) => log.push(`stopped ${why}`),
    pace: () => log.push("pace"),
    noted: (clip) => log.push(`noted ${clip}`),
    talk: (_, state) => log.push(`talk ${state}`),
    closed: (why) => log.push(`closed ${why}`),
  };
  const hub = new Hub();
  const session = new LiveSession(hub.pipe, who, [{ signPub: hubKeys.public, recipient: await identityRecipient(identity.secret) }], events);
  hub.say(concat([Uint8Array.of(HELLO), new Uint8Array(32).fill(1)]));
  const box = parseJcs(text(await openAge(await hub.next(), [identity.secret])));
  const asked = parseJcs(box["manifest"] as string);
  expect(asked["challenge"]).toBe(b64(new Uint8Array(32).fill(1)));
  const manifest = jcs({ v: 1, type: "live-answer", household: who.household, nonce: asked["nonce"] as string, session: b64(SESSION), up: b64(KEY), down: b64(KEY), at: "2026-11-22T12:00:00.000Z", ...wrong });
  const answer = jcs({ manifest: text(manifest), sig: b64(sign(signer, "live-answer", manifest)) });
  hub.say(concat([Uint8Array.of(ANSWER), await sealAge(answer, [who.keys.age.recipient])]));
  await expect.poll(() => log.length).toBeGreaterThan(0);
  return { hub, session, log, down: await Speaker.make(KEY, SESSION, "down"), up: await Listener.make(KEY, SESSION, "up") };
}
/** A picture, or a frame of sound, as a hub seals it. */
async function picture(number: number, isKey: boolean, role = "main"): Promise<Bytes> {
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  head[0] = 3;
  view.setUint32(1, 7);
  view.setBigUint64(5, BigInt(number));
  const facts = new Uint8Array(17);
  facts[0] = isKey ? 1 : 0;
  const key = await crypto.subtle.importKey("raw", KEY, "AES-GCM", false, ["encrypt"]);
  const additionalData = concat([utf8(`fanlight/live/v1\n${CASE.camera}\n${role}\n`), head]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: head.slice(1), additionalData }, key, concat([facts, utf8(`picture ${number}`)]));
  return concat([head, new Uint8Array(sealed)]);
}
const word = (fields: object): Bytes => utf8(JSON.stringify(fields));

describe("a session", () => {
  it("asks about the hub's challenge, watches, and shows what was sealed for it", async () => {
    const { hub, session, log, down, up } = await opened();
    expect(log).toEqual(["opened"]);
    const seen: string[] = [];
    const sink: Sink = {
      begin: (told) => seen.push(`begin ${told.stream}`),
      show: (picture) => seen.push(`${picture.isKey ? "key" : "delta"} ${picture.number}`),
      report: () => ({ behindMs: 0, missed: 0, shown: 0 }),
    };
    session.watch(CASE.camera, { quality: "auto", width: 640, h265: false }, sink);
    const said = async () => JSON.parse(text((await up.open(await hub.next())).body));
    expect((await said()).t).toBe("ping");
    expect(await said()).toEqual({ t: "watch", camera: CASE.camera, quality: "auto", width: 640, h265: false });
    hub.say(await down.seal(JSON_WORDS, word({ t: "stream", camera: CASE.camera, role: "main", stream: 7, key: b64(KEY), codec: "avc1.42e01e", config: "AQ==", width: 320, height: 180 })));
    for (const sealed of CASE.sealed_pictures) hub.say(bytes(sealed));
    await expect.poll(() => seen).toEqual(["begin 7", "key 0", "delta 1"]);
    hub.say(bytes(CASE.sealed_pictures[0])); // again
    await expect.poll(() => log).toContain("closed altered");
    expect(hub.closed).toBe(true);
    expect(seen).toHaveLength(3);
  });

  it("goes on at the next key frame when all pictures come again, and counts none of those left out on purpose", async () => {
    const { hub, session, down } = await opened();
    const seen: string[] = [];
    const sink: Sink = {
      begin: () => undefined,
      show: ({ number, isKey, missed }) => seen.push(`${isKey ? "key" : "delta"} ${number} missed ${missed}`),
      report: () => ({ behindMs: 0, missed: 0, shown: 0 }),
    };
    session.watch(CASE.camera, { quality: "auto", width: 640, h265: false }, sink);
    const pace = (keys_only: boolean) => down.seal(JSON_WORDS, word({ t: "pace", camera: CASE.camera, role: "main", keys_only }));
    hub.say(await down.seal(JSON_WORDS, word({ t: "stream", camera: CASE.camera, role: "main", stream: 7, key: b64(KEY), codec: "avc1.42e01e", config: "AQ==", width: 320, height: 180 })));
    hub.say(await picture(0, true));
    hub.say(await pace(true));
    hub.say(await picture(5, true));
    hub.say(await pace(false));
    for (const [number, isKey] of [[8, false], [9, false], [10, true], [11, false], [13, false]] as const) hub.say(await picture(number, isKey));
    await expect.poll(() => seen).toEqual(["key 0 missed 0", "key 5 missed 0", "key 10 missed 0", "delta 11 missed 0", "delta 13 missed 1"]);
  });

  it("lets a camera be heard under a key of its own, and not after it was told to stop", async () => {
    const { hub, session, down, up } = await opened();
    const heard: string[] = [];
    await up.open(await hub.next());
    session.listen(CASE.camera, { begin: ({ codec, rate_hz }) => heard.push(`${codec} ${rate_hz}`), hear: ({ data }) => heard.push(text(data)) });
    expect(JSON.parse(text((await up.open(await hub.next())).body))).toEqual({ t: "listen", camera: CASE.camera });
    hub.say(await down.seal(JSON_WORDS, word({ t: "sound", camera: CASE.camera, stream: 7, key: b64(KEY), codec: "ulaw", config: "", rate_hz: 8000, channels: 1 })));
    hub.say(await picture(0, true, "sound"));
    await expect.poll(() => heard).toEqual(["ulaw 8000", "picture 0"]);
    session.unlisten(CASE.camera);
    hub.say(await picture(1, true, "sound"));
    expect(JSON.parse(text((await up.open(await hub.next())).body))).toEqual({ t: "unlisten", camera: CASE.camera });
    expect(heard).toHaveLength(2);
    hub.say(await picture(2, true, "main")); // a picture passed off as sound
    session.listen(CASE.camera, { begin: () => undefined, hear: () => heard.push("wrong") });
    hub.say(await picture(3, true, "main"));
    await expect.poll(() => hub.closed).toBe(true);
    expect(heard).toHaveLength(2);
  });

  it("shows nothing to an answer that another key signed, or to another question", async () => {
    const stranger = signingKey(new Uint8Array(32).fill(6));
    expect((await opened(stranger)).log).toEqual(["closed altered"]);
    expect((await opened(undefined, { nonce: b64(new Uint8Array(16)) })).log).toEqual(["closed altered"]);
    expect((await opened(undefined, { household: "x".repeat(26) })).log).toEqual(["closed altered"]);
  });

  it("ends at words out of order, and says why the relay ended it", async () => {
    const one = await opened();
    await one.down.seal(JSON_WORDS, word({ t: "who", viewing: [] })); // kept back by the relay
    one.hub.say(await one.down.seal(JSON_WORDS, word({ t: "who", viewing: [] })));
    await expect.poll(() => one.log).toContain("closed altered");
    const two = await opened();
    two.hub.leave("too-slow");
    expect(two.log).toContain("closed too-slow");
  });
});

it("any bytes are refused as an answer", async () => {
  const who: Who = { household: "h".repeat(26), account: "a".repeat(26), keys: await memberKeys(new Uint8Array(32).fill(9)) };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
      await expect(readAnswer(data, who, "", [])).rejects.toThrow(SealError);
    }),
    { numRuns: 30 },
  );
  const hub = await newIdentity();
  const asked = await makeAsk(who, { signPub: new Uint8Array(32), recipient: hub.recipient }, new Uint8Array(32), "", new Date(0));
  await expect(readAnswer(asked, who, "", [])).rejects.toThrow(SealError); // sealed to the hub, not to us
});

describe("footage", () => {
  const PART = { id: 1, start: "2026-11-22T12:00:00.000Z", end: "2026-11-22T12:00:01.000Z", mime: "video/mp4", init: 2, length: 7 };

  it("is put together whatever its pieces, and asks for more when a segment was taken", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 7 }), async (cuts) => {
        const said: [string, object][] = [];
        const parts: FilmPart[] = [];
        const fetching = new Fetching(1, async (part) => void parts.push(part), (name, fields) => void said.push([name, fields]));
        fetching.part(PART);
        const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7);
        let at = 0;
        for (const cut of [...cuts, 7]) {
          if (at < 7) fetching.bytes(data.slice(at, Math.min(at + cut, 7)));
          at = Math.min(at + cut, 7);
        }
        fetching.over("end");
        expect(await fetching.done).toBe("end");
        expect(parts.map((part) => [[...(part.init ?? [])], [...part.fragment]])).toEqual([[[1, 2], [3, 4, 5, 6, 7]]]);
        expect(said.at(-1)?.[0]).toBe("enough");
        expect(said.filter(([name]) => name === "more").at(-1)?.[1]).toEqual({ id: 1, bytes: 7 });
        expect(fetching.reached).toEqual(new Date(PART.end));
      }),
    );
  });

  it("that is longer than it said is damaged; that was cut off says how far it came", async () => {
    const long = new Fetching(1, async () => undefined, () => undefined);
    long.part(PART);
    long.bytes(new Uint8Array(8));
    expect(await long.done).toBe("damaged");
    const cut = new Fetching(1, async () => undefined, () => undefined);
    cut.part(PART);
    cut.bytes(new Uint8Array(3));
    cut.over("cut");
    expect(await cut.done).toBe("cut");
    expect(cut.reached).toBeNull();
  });
});

it("a picture becomes a fragment that says its own time and length", () => {
  const init = initSegment({ codec: "avc1.42e01e", config: Uint8Array.of(1, 2, 3), width: 320, height: 180 });
  const kinds = [...walk(init, 0, init.length)].map((box) => box.kind);
  expect(kinds).toEqual(["ftyp", "moov"]);
  const [, moov] = [...walk(init, 0, init.length)];
  expect(moov && find(init, moov, "trak", "mdia", "minf", "stbl", "stsd").kind).toBe("stsd");
  const made = fragment(4, 123_456, 6000, true, utf8("picture"));
  const [moof, mdat] = [...walk(made, 0, made.length)];
  expect([moof?.kind, mdat?.kind]).toEqual(["moof", "mdat"]);
  expect(text(made.slice(mdat?.body))).toBe("picture");
  expect(() => timing(made)).toThrow(); // no composition offsets: its own form, for this device's buffer only
});

it("what is late is left out, but no way is too slow by itself", () => {
  const slow = new Lateness();
  for (let i = 0; i < 50; i++) expect(slow.isLate(4000 + (i % 7) * 50)).toBe(false);
  expect(slow.isLate(4000 + LATE_MS + 100)).toBe(true);
  expect(slow.isLate(4200)).toBe(false);
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 60_000, noNaN: true }), { minLength: 1 }), (ages) => {
      const lateness = new Lateness();
      const late = ages.map((age) => lateness.isLate(age));
      expect(late[0]).toBe(false);
      expect(late[ages.indexOf(Math.min(...ages))]).toBe(false); // the quickest never is
    }),
  );
});

it("the microphone's samples become 8 kHz without a sample lost or doubled", () => {
  for (const rate of [8000, 16_000, 44_100, 48_000]) {
    const less = new Downsampler(rate);
    let count = 0;
    for (let block = 0; block < rate / 100; block++) count += less.take(new Float32Array(100).fill(0.5)).length;
    expect(Math.abs(count - 8000)).toBeLessThanOrEqual(1);
  }
  expect([...new Downsampler(16_000).take(Float32Array.of(1, 1, -1, -1, 2, 2))]).toEqual([32_767, -32_767, 32_767]);
  const pieces = new Pieces();
  expect(pieces.take(new Int16Array(159))).toHaveLength(0);
  const [piece] = pieces.take(Int16Array.of(-2));
  expect(piece?.slice(-2)).toEqual(Uint8Array.of(0xfe, 0xff));
});
