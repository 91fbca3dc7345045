import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Client } from "../api/client.ts";
import { addressOf, mediaOf, placeOf, put, see, type Send } from "./media.ts";

const KNOWN = JSON.parse(readFileSync(new URL("../../../vectors/media/signed.json", import.meta.url), "utf-8")) as {
  ticket: { text: string; says: { media: string } };
  receipt: { text: string };
};
const TICKET = KNOWN.ticket.text;
const MEDIA = KNOWN.ticket.says.media;

interface Heard {
  method: string;
  url: string;
  ticket: string;
  body: string;
}

/** A place that notes what it hears and answers as told. */
async function answering(status: number, body: string, then: (place: string, heard: Heard[]) => Promise<void>): Promise<void> {
  const heard: Heard[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const ticket = String(request.headers["fanlight-ticket"] ?? "");
      heard.push({ method: request.method ?? "", url: request.url ?? "", ticket, body: Buffer.concat(parts).toString() });
      response.writeHead(status, { "Content-Type": "application/json" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await then(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** As the browser's, without its count of bytes on the way. */
const byFetch: Send = async ({ url, headers, body, progress, signal }) => {
  const answer = await fetch(url, { method: "PUT", headers, body, signal });
  progress(1);
  return { status: answer.status, text: await answer.text() };
};

test("R13: a picture goes to its place with its ticket in a header, and a receipt comes back", async () => {
  await answering(201, JSON.stringify({ receipt: KNOWN.receipt.text }), async (place, heard) => {
    const shares: number[] = [];
    const receipt = await put(place, TICKET, new Blob(["picture"]), (share) => shares.push(share), { send: byFetch });
    expect(receipt).toBe(KNOWN.receipt.text);
    expect(heard).toEqual([{ method: "PUT", url: `/v1/media/${MEDIA}`, ticket: TICKET, body: "picture" }]);
    expect(shares).toEqual([1]);
  });
});

test("what the place refuses is said in its own three sentences", async () => {
  const said = { code: "postmedia.too_long", what: "A.", kept: "B.", do: "C." };
  await answering(400, JSON.stringify(said), async (place) => {
    const error: unknown = await put(place, TICKET, new Blob(["x"]), undefined, { send: byFetch }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "postmedia.too_long", what: "A.", kept: "B.", todo: "C.", status: 400, away: false });
    await expect(see(place, MEDIA, TICKET)).rejects.toMatchObject({ code: "postmedia.too_long" });
  });
});

test.each([
  [502, "<html>"],
  [201, "{}"],
  [201, "<html>"],
])("an answer that is none, %i %s, is no receipt", async (status, body) => {
  await answering(status, body, async (place) => {
    const sent = put(place, TICKET, new Blob(["x"]), undefined, { send: byFetch });
    await expect(sent).rejects.toMatchObject({ code: "postmedia.unknown", status });
  });
});

test("a place that does not answer is told apart from one that refuses", async () => {
  let gone = "";
  await answering(200, "", async (place) => {
    gone = place;
  });
  await expect(put(gone, TICKET, new Blob(["x"]), undefined, { send: byFetch })).rejects.toMatchObject({ away: true });
  await expect(see(gone, MEDIA, TICKET)).rejects.toMatchObject({ away: true });
});

test("what was stopped ends with the reason for it", async () => {
  const stop = new AbortController();
  stop.abort(new DOMException("enough", "AbortError"));
  const sent = put("http://127.0.0.1:9", TICKET, new Blob(["x"]), undefined, { send: byFetch, signal: stop.signal });
  await expect(sent).rejects.toMatchObject({ name: "AbortError" });
});

test("what is held is fetched with a ticket, and no address holds it", async () => {
  await answering(200, "bytes", async (place, heard) => {
    expect(await (await see(place, MEDIA, "a.b")).text()).toBe("bytes");
    await see(place, MEDIA, "a.b", { poster: true });
    expect(heard.map((one) => [one.method, one.url, one.ticket])).toEqual([
      ["GET", `/v1/media/${MEDIA}`, "a.b"],
      ["GET", `/v1/media/${MEDIA}/poster`, "a.b"],
    ]);
    expect(addressOf(place, MEDIA)).not.toContain("a.b");
  });
});

test("a town says where its pictures are, or that it keeps none", async () => {
  const said = { place: null, photo_bytes: 1, clip_bytes: 2, clip_seconds: 60 };
  expect(await placeOf(new Client(async () => new Response(JSON.stringify(said))))).toEqual(said);
});

test.each(["", "e30.x", "!!!.x", "bm8.x"])("%s is no ticket", (text) => {
  expect(() => mediaOf(text)).toThrow();
});
