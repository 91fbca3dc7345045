import { expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { b64 } from "../../../core/bytes.ts";
import { newIdentity } from "../../../core/seal/keys.ts";
import { sealWish, type Wish } from "../../../core/wish.ts";
import { blurAlways, isAlwaysBlurred, metWishes, putAside, wishesDone } from "./wishes.ts";

const wish: Wish = { lon: -122.4, lat: 37.8, start: "2026-11-22T10:00:00.000Z", end: "2026-11-22T11:00:00.000Z", want: "blur", words: "A red coat." };

function storage(start: Record<string, string> = {}): Storage {
  const kept = new Map(Object.entries(start));
  return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) } as unknown as Storage;
}

test("R09 of the area's wishes those are shown that met a clip here; the fetch names no wish and no person", async () => {
  const { secret, recipient } = await newIdentity();
  const wishes = [
    { wish: "a".repeat(26), sealed: b64(await sealWish(wish, recipient)) },
    { wish: "b".repeat(26), sealed: b64(await sealWish({ ...wish, words: "Elsewhere." }, recipient)) },
    { wish: "c".repeat(26), sealed: b64(new Uint8Array(40)) },
  ];
  const asked: [string, boolean][] = [];
  const api = new Client(async (url, init) => {
    asked.push([url, "Authorization" in ((init?.headers ?? {}) as object)]);
    return new Response(JSON.stringify(url.endsWith("/key") ? { identity: secret } : { wishes }));
  }, "", async () => "token");
  const met = await metWishes(api, api, "cell", (id) => (id.startsWith("b") ? [] : ["clip"]));
  expect(met).toEqual([{ id: "a".repeat(26), wish, clips: ["clip"] }]);
  expect(asked.sort()).toEqual([["/v1/cells/cell/key", true], ["/v1/cells/cell/wishes", false]]);
}, 30_000);

test("R09 what a member decided stays on the device, and damaged storage is no obstacle", () => {
  const store = storage({ "fanlight.always-blur": "{" });
  expect(isAlwaysBlurred(store, "x")).toBe(false);
  blurAlways(store, ["x", "y"]);
  expect(isAlwaysBlurred(store, "x")).toBe(true);
  putAside(store, "w");
  expect([...wishesDone(store)]).toEqual(["w"]);
});
