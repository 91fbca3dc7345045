// R13: a photo is sent once, and one whose place did not answer is sent again with the ticket that it has.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import type { Send } from "../../../core/media/media.ts";
import { Sending } from "./sending.ts";

const { ticket } = JSON.parse(readFileSync(new URL("../../../../vectors/media/signed.json", import.meta.url), "utf-8")) as { ticket: { text: string } };
const TAKEN = { status: 201, text: JSON.stringify({ receipt: "a receipt" }) };
const REFUSED = { status: 400, text: JSON.stringify({ code: "postmedia.unreadable", what: "A.", kept: "B.", do: "C." }) };

/** A town that counts the tickets it gives, and a place that answers in turn; null: not at all. */
function town(answers: readonly (typeof TAKEN | null)[], place: string | null = "http://127.0.0.1:9") {
  const counted = { tickets: 0, sent: 0 };
  const api = new Client(async (url) => {
    if (String(url).endsWith("/v1/media-place")) return new Response(JSON.stringify({ place, photo_bytes: 1, clip_bytes: 1, clip_seconds: 1 }));
    counted.tickets++;
    return new Response(JSON.stringify({ media: "m", ticket: ticket.text }), { status: 201 });
  }, "", async () => "token");
  const send: Send = async ({ progress }) => {
    const answer = answers[counted.sent++] ?? null;
    if (!answer) throw new TypeError("Nobody answers.");
    progress(1);
    return answer;
  };
  return { counted, sending: new Sending(api, send) };
}

test("R13 a photo that was taken is not sent again when its post is", async () => {
  const { counted, sending } = town([TAKEN]);
  const photo = { blob: new Blob(["photo"]), kind: "photo" } as const;
  const shares: number[] = [];
  expect(await sending.all([photo], (share) => shares.push(share))).toEqual(["a receipt"]);
  expect(await sending.all([photo], () => undefined)).toEqual(["a receipt"]);
  expect(counted).toEqual({ tickets: 1, sent: 1 });
  expect(shares.at(-1)).toBe(1);
});

test("R13 a place that does not answer keeps the ticket good, and a refusal needs another", async () => {
  const { counted, sending } = town([null, REFUSED, TAKEN]);
  const photo = { blob: new Blob(["photo"]), kind: "photo" } as const;
  await expect(sending.all([photo], () => undefined)).rejects.toMatchObject({ away: true });
  expect(counted).toEqual({ tickets: 1, sent: 1 });
  await expect(sending.all([photo], () => undefined)).rejects.toMatchObject({ code: "postmedia.unreadable" });
  expect(counted).toEqual({ tickets: 1, sent: 2 });
  expect(await sending.all([photo], () => undefined)).toEqual(["a receipt"]);
  expect(counted).toEqual({ tickets: 2, sent: 3 });
});

test("R13 a post without a photo asks nobody, and a town without a place says so", async () => {
  const { counted, sending } = town([], null);
  expect(await sending.all([], () => undefined)).toEqual([]);
  await expect(sending.all([{ blob: new Blob(["photo"]), kind: "photo" }], () => undefined)).rejects.toMatchObject({ code: "media.no_place" });
  expect(counted).toEqual({ tickets: 0, sent: 0 });
});
