/**
 * Makes a copy's pictures anew: decode, find faces, hide them and what was drawn, encode. In the browser, in a worker.
 *
 * In:     an opened, trimmed clip; the model, or null to leave faces as they are; regions by hand.
 * Out:    a clip without sound, every picture of which was looked at or lies between looks.
 * Holds:  no picture of the original gets into the copy undecoded; a picture that the codec drops ends the making.
 * Absent: the network. Nothing here asks for anything.
 * Why:    docs/design/sharing.md
 */
import { type Box, Cover, type Found, LOOK_MS, type Look, type Region, shares } from "./cover.ts";
import { FaceFinder, lookSizes } from "./faces.ts";
import { hide } from "./hide.ts";
import { readModel } from "./model.ts";
import { type Coded, type Coding, codingOf, type Sample, samplesOf, write, type Written } from "../fmp4/samples.ts";

export interface Original {
  readonly media: Uint8Array;
  readonly init: readonly [number, number];
  readonly segments: readonly (readonly number[])[];
  readonly width: number;
  readonly height: number;
}
export interface Remade extends Written {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  /** How many pictures were looked at, and at how many of them faces were found. */
  readonly looks: number;
  readonly withFaces: number;
  readonly found: readonly FaceFound[];
  /** To hand in when the same is made anew with other faces shown: then nothing is looked at again. */
  readonly seen: readonly Look[];
}
/** A face as its owner may choose to show it: when it is there, and a small picture of it, which stays on this device. */
export interface FaceFound extends Found {
  readonly picture: Blob | null;
}
/** What is done about faces: null, nothing. */
export interface Faces {
  readonly model: Uint8Array;
  /** Of a making before, with the same cut. */
  readonly seen?: readonly Look[];
  /** Numbers of faces that are shown, as `found` counts them. */
  readonly shown?: readonly number[];
}
/** The browser cannot do this: it lacks the codecs. */
export class NoCodec extends Error {}

const KEY_MS = 2_000;
const CROP = 96;
const WAITING = 8; // pictures on their way into a codec at once
const BITS_PER_PIXEL = 0.12;
const LEVELS: readonly [pixels: number, level: string][] = [[640 * 480, "1e"], [1280 * 720, "1f"], [1920 * 1088, "28"], [Infinity, "33"]];

export async function remake(original: Original, faces: Faces | null, regions: readonly Region[], progress: (share: number) => void): Promise<Remade> {
  if (typeof VideoDecoder === "undefined" || typeof VideoEncoder === "undefined") throw new NoCodec("no-webcodecs");
  const cut = ([offset = 0, length = 0]: readonly number[]): Uint8Array => original.media.subarray(offset, offset + length);
  const coding = codingOf(cut(original.init));
  const samples = original.segments.flatMap((place) => samplesOf(cut(place)));
  const looks = faces?.seen ?? (faces ? await lookAll(coding, samples, new FaceFinder(readModel(faces.model)), (share) => progress(share * 0.7)) : []);
  const begun = faces && !faces.seen ? 0.7 : 0;
  const cover = new Cover(looks, regions, faces?.shown);
  const made = await encodeAll(coding, samples, original, cover, (share) => progress(begun + share * (1 - begun)));
  return { ...made, looks: looks.length, withFaces: looks.filter(({ boxes }) => boxes.length > 0).length, seen: looks };
}

async function lookAll(coding: Coding, samples: readonly Sample[], finder: FaceFinder, progress: (share: number) => void): Promise<Look[]> {
  const looks: Look[] = [];
  let next = -Infinity;
  await decode(coding, samples, async (frame, atMs, share, isLast) => {
    if (atMs < next && !isLast) return;
    next = atMs + LOOK_MS - 1;
    const boxes = lookSizes(frame.displayWidth, frame.displayHeight).flatMap(({ width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      const pen = canvas.getContext("2d", { willReadFrequently: true });
      if (!pen) throw new NoCodec("no-canvas");
      pen.drawImage(frame, 0, 0, width, height);
      return shares(finder.find(pen.getImageData(0, 0, width, height)), width, height);
    });
    looks.push({ atMs, boxes });
    progress(share);
    await breathe();
  });
  return looks;
}

async function encodeAll(coding: Coding, samples: readonly Sample[], { width: wide, height: high }: Original, cover: Cover, progress: (share: number) => void) {
  const [width, height] = [wide - (wide % 2), high - (high % 2)];
  const level = LEVELS.find(([pixels]) => width * height <= pixels)?.[1] ?? "33";
  const codec = `avc1.42e0${level}`;
  const lengthMs = spanMs(samples);
  const perSecond = Math.min(60, Math.max(5, (1_000 * samples.length) / Math.max(1, lengthMs)));
  const config: VideoEncoderConfig = {
    codec, width, height, framerate: perSecond, latencyMode: "quality", avc: { format: "avc" },
    bitrate: Math.round(Math.max(300_000, width * height * perSecond * BITS_PER_PIXEL)),
  };
  if (!(await VideoEncoder.isConfigSupported(config)).supported) throw new NoCodec("no-encoder");
  const chunks: EncodedVideoChunk[] = [];
  let described: Uint8Array<ArrayBuffer> | null = null;
  let failed: unknown = null;
  const encoder = new VideoEncoder({
    output: (chunk, meta) => {
      chunks.push(chunk);
      const told = meta?.decoderConfig?.description;
      if (told && !described) described = new Uint8Array(ArrayBuffer.isView(told) ? told.buffer.slice(told.byteOffset, told.byteOffset + told.byteLength) : told.slice(0)) as Uint8Array<ArrayBuffer>;
    },
    error: (error) => (failed = error),
  });
  encoder.configure(config);
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new NoCodec("no-canvas");
  let nextKey = -Infinity;
  let count = 0;
  const pictures: (Blob | null)[] = cover.found.map(() => null);
  try {
    await decode(coding, samples, async (frame, atMs, share) => {
      if (failed) throw failed;
      for (const [i, { at }] of cover.found.entries()) if (pictures[i] === null && atMs >= at.atMs - 1) pictures[i] = await cropped(frame, at.box);
      pen.drawImage(frame, 0, 0, wide, high);
      hide(canvas, cover.faces(atMs), cover.regions(atMs));
      const hidden = new VideoFrame(canvas, { timestamp: Math.round(atMs * 1_000) });
      const keyFrame = atMs >= nextKey;
      if (keyFrame) nextKey = atMs + KEY_MS;
      encoder.encode(hidden, { keyFrame });
      hidden.close();
      count++;
      while (encoder.encodeQueueSize > WAITING) await breathe();
      progress(share);
    });
    await encoder.flush();
  } finally {
    if (encoder.state !== "closed") encoder.close();
  }
  if (failed) throw failed;
  if (!described || chunks.length !== count || count === 0) throw new Error("The encoder lost a picture.");
  const config264: Uint8Array<ArrayBuffer> = described;
  const written = write({ codec, config: config264 }, width, height, groupsOf(chunks, lengthMs));
  const name = [1, 2, 3].map((at) => (config264[at] ?? 0).toString(16).padStart(2, "0")).join("");
  const found = cover.found.map((one, i): FaceFound => ({ ...one, picture: pictures[i] ?? null }));
  return { ...written, mime: `video/mp4; codecs="avc1.${name}"`, width, height, found };
}

/** A small picture of a face with some of what is around it. */
function cropped(frame: VideoFrame, { x, y, w, h }: Box): Promise<Blob> {
  const [wide, high] = [frame.displayWidth, frame.displayHeight];
  const side = Math.max(w * wide, h * high) * 1.6;
  const [left, top] = [(x + w / 2) * wide - side / 2, (y + h / 2) * high - side / 2];
  const canvas = new OffscreenCanvas(CROP, CROP);
  const pen = canvas.getContext("2d");
  if (!pen) throw new NoCodec("no-canvas");
  pen.drawImage(frame, -left * (CROP / side), -top * (CROP / side), wide * (CROP / side), high * (CROP / side));
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
}

/** Groups from each key picture on; a picture lasts until the next is shown. */
function groupsOf(chunks: readonly EncodedVideoChunk[], lengthMs: number): Coded[][] {
  const groups: Coded[][] = [];
  chunks.forEach((chunk, i) => {
    const ends = chunks[i + 1]?.timestamp ?? lengthMs * 1_000;
    if (ends <= chunk.timestamp) throw new Error("The encoder changed the order of pictures.");
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    // From microseconds, rounded at each end: so that the sum of durations does not drift.
    const duration90k = Math.round((ends * 9) / 100) - Math.round((chunk.timestamp * 9) / 100);
    const one: Coded = { data, duration90k, isKey: chunk.type === "key" };
    if (one.isKey || groups.length === 0) groups.push([one]);
    else groups.at(-1)?.push(one);
  });
  return groups;
}

/** How long the pictures are shown: the last as long as the one before it. */
function spanMs(samples: readonly Sample[]): number {
  const times = samples.map(({ shown90k }) => shown90k).sort((a, b) => a - b);
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const step = last - (times.at(-2) ?? last - 6_000);
  return (last - first + Math.max(step, 90)) / 90;
}

/** Hands over each picture in the order in which it is shown; times are ms from the first. */
async function decode(
  coding: Coding,
  samples: readonly Sample[],
  take: (frame: VideoFrame, atMs: number, share: number, isLast: boolean) => Promise<void>,
): Promise<void> {
  const first = samples.reduce((least, { shown90k }) => Math.min(least, shown90k), Infinity);
  const frames: VideoFrame[] = [];
  let failed: unknown = null;
  let seen = 0;
  const decoder = new VideoDecoder({ output: (frame) => frames.push(frame), error: (error) => (failed = error) });
  const config = { codec: coding.codec, description: coding.config };
  if (!(await VideoDecoder.isConfigSupported(config)).supported) throw new NoCodec("no-decoder");
  decoder.configure(config);
  const drain = async (): Promise<void> => {
    for (let frame = frames.shift(); frame; frame = frames.shift()) {
      try {
        seen++;
        await take(frame, frame.timestamp / 1_000, seen / samples.length, seen === samples.length);
      } finally {
        frame.close();
      }
    }
    if (failed) throw failed;
  };
  try {
    for (const sample of samples) {
      const timestamp = Math.round(((sample.shown90k - first) * 100) / 9);
      decoder.decode(new EncodedVideoChunk({ type: sample.isKey ? "key" : "delta", timestamp, data: sample.data }));
      while (decoder.decodeQueueSize + frames.length > WAITING) {
        await breathe();
        await drain();
      }
    }
    const flushed = decoder.flush();
    let done = false;
    void flushed.then(() => (done = true), (error: unknown) => (failed = error));
    while (!done && !failed) {
      await breathe();
      await drain();
    }
    await drain();
  } finally {
    for (const frame of frames) frame.close();
    if (decoder.state !== "closed") decoder.close();
  }
  if (seen !== samples.length) throw new Error("The decoder lost a picture.");
}

/** Lets the codecs, and whoever waits for a word from us, have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
