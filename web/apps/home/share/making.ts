/** From an opened clip to a link: cut, remade in a worker, sealed, sent. */
import modelUrl from "../../../models/face_detection_yunet_2026may.onnx?url";
import { giveLink } from "../../../core/api/links.ts";
import type { Client } from "../../../core/api/client.ts";
import { newId } from "../../../core/ids.ts";
import type { Region } from "../../../core/redact/cover.ts";
import { type LinkAbout, type LinkMade, sealLink, sealOwn } from "../../../core/seal/link.ts";
import { identityRecipient } from "../../../core/seal/keys.ts";
import type { MediaFacts } from "../../../core/seal/manifest.ts";
import type { Copy } from "./copy.ts";
import type { Task, Word } from "./redact.worker.ts";
import { serverOrigin } from "../../../ui/server.ts";

/** A copy as it would be given out. */
export interface Made {
  readonly media: Uint8Array<ArrayBuffer>;
  readonly facts: Pick<MediaFacts, "mime" | "width" | "height" | "durationMs" | "init" | "segments">;
  readonly how: LinkMade;
  readonly looks: number;
  readonly withFaces: number;
}
export interface Wish {
  readonly faces: boolean;
  readonly regions: readonly Region[];
}
export interface Terms {
  readonly title: string;
  readonly note: string;
  readonly when: string;
  /** Days from today; null for an hour, for support. */
  readonly days: number | null;
  readonly most: number;
}
/** This browser lacks what a copy needs. */
export class CannotMake extends Error {}

/** Makes the copy: as it was cut, or remade picture by picture where something is to be hidden. Throws CannotMake. */
export async function makeRedacted(copy: Copy, wish: Wish, progress: (share: number) => void, signal: AbortSignal): Promise<Made> {
  const { media, facts } = copy;
  if (!wish.faces && wish.regions.length === 0) {
    const sound = /, *(?:mp4a|opus)/i.test(facts.mime);
    return { media, facts, how: { trimmed: facts.trimmed, faces: "as-recorded", regions: 0, sound }, looks: 0, withFaces: 0 };
  }
  const model = wish.faces ? new Uint8Array(await (await fetch(modelUrl)).arrayBuffer()) : null;
  const original = {
    media,
    init: facts.init,
    segments: facts.segments.map(({ offset, length, startMs, durationMs }) => [offset, length, startMs, durationMs]),
    width: facts.width,
    height: facts.height,
  };
  const remade = await inWorker({ original, model, regions: wish.regions.map(({ keys }) => ({ keys: keys.map(({ atMs, box }) => ({ atMs, box: { ...box } })) })) }, progress, signal);
  return {
    media: remade.media as Uint8Array<ArrayBuffer>,
    facts: {
      mime: remade.mime,
      width: remade.width,
      height: remade.height,
      durationMs: remade.durationMs,
      init: remade.init,
      segments: remade.segments.map(([offset, length, startMs, durationMs]) => ({ offset, length, startMs, durationMs })),
    },
    how: { trimmed: facts.trimmed, faces: wish.faces ? "blurred" : "as-recorded", regions: wish.regions.length, sound: false },
    looks: remade.looks,
    withFaces: remade.withFaces,
  };
}

function inWorker(task: Task, progress: (share: number) => void, signal: AbortSignal): Promise<Extract<Word, { kind: "made" }>["remade"]> {
  const worker = new Worker(new URL("./redact.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Extract<Word, { kind: "made" }>["remade"]>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("Called off.", "AbortError")), { once: true });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.kind === "share") progress(data.share);
      else if (data.kind === "made") resolve(data.remade);
      else reject(data.why === "no-codec" ? new CannotMake(data.name) : new Error(data.name));
    };
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}

export interface Giving {
  readonly api: Client;
  /** The household's newest key, as this device opened it. */
  readonly identity: string;
  readonly account: string;
  readonly clip: string;
}

/** Seals a copy, or the text of a share for support, and sends it. Returns the end of the link's address. Throws ApiError. */
export async function give(plain: Uint8Array, made: Made | null, terms: Terms, to: Giving, progress: (share: number) => void): Promise<string> {
  const about: LinkAbout = {
    kind: made ? "clip" : "support",
    title: terms.title,
    note: terms.note,
    when: terms.when,
    made: made?.how ?? { trimmed: false, faces: "as-recorded", regions: 0, sound: false },
    media: made ? { ...made.facts, segments: made.facts.segments.map(({ offset, length, startMs, durationMs }) => [offset, length, startMs, durationMs] as const) } : null,
  };
  const link = newId();
  const sealed = await sealLink(plain, about);
  const today = new Date().toISOString().slice(0, 10);
  const own = { secret: sealed.secret, title: terms.title, clip: to.clip, by: to.account, day: today };
  const until = new Date(Date.now() + (terms.days ?? 0) * 86_400_000).toISOString().slice(0, 10);
  const kind = terms.days === null ? "support" : "clip";
  const wire = { kind, until, most: terms.most, about: sealed.about, own: await sealOwn(own, await identityRecipient(to.identity)), file: sealed.file } as const;
  await giveLink(to.api, link, wire, progress);
  return `${link}.${sealed.secret}`;
}

export const addressOf = (end: string): string => `${serverOrigin()}/s#${end}`;
