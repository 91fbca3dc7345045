import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ApiError, Client } from "../../core/api/client.ts";
import * as api from "./api.ts";

// Written from the hub's own code, and compared with it by every check: what is in it the hub answers.
const published = readFileSync(new URL("../../../docs/ref/hub-api.md", import.meta.url), "utf8");
const CALLS = [...published.matchAll(/^\| `(\w+) (\/\S+)` \|/gm)].map(([, method = "", path = ""]) => ({ method, form: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+")}$`) }));

function spy(answer: unknown = {}, status = 200) {
  const asked: { method: string; path: string; authorization: string }[] = [];
  const client = new Client(
    async (url, init) => {
      asked.push({ method: init?.method ?? "GET", path: url.split("?")[0] ?? "", authorization: (init?.headers as Record<string, string>)["Authorization"] ?? "" });
      return new Response(JSON.stringify(answer), { status });
    },
    "",
    async () => "KEY",
  );
  return { asked, client };
}

test("every call of the page is one that the hub publishes, and carries the key", async () => {
  const { asked, client } = spy();
  const signal = new AbortController().signal;
  const at = new Date(0);
  const calls: Promise<unknown>[] = [
    api.getHub(client), api.setHome(client, true), api.discover(client), api.tryCamera(client, {}, signal),
    api.addCamera(client, {}), api.patchCamera(client, "c", {}), api.removeCamera(client, "c"), api.picture(client, "c", signal),
    api.watching(client, "c", signal), api.live(client, "c", signal), api.press(client, "c"), api.pressAddress(client, "c"),
    api.estimate(client, "c", []), api.lotLine(client, "c"), api.getDays(client, 0), api.getDay(client, "c", "2026-11-21", 0),
    api.getEvents(client, { limit: 1 }), api.thumb(client, "e", signal), api.notThis(client, "e", true), api.film(client, "c", at, at, signal),
    api.getReplies(client), api.addReply(client, "n", new Uint8Array(1)), api.replySound(client, "r"), api.removeReply(client, "r"),
    api.playReply(client, "c", "r"), api.getSettings(client), api.patchSettings(client, {}), api.audioRule(client, "CA"),
  ];
  await Promise.allSettled(calls); // an empty answer is refused by most: only the asking is looked at
  expect(CALLS.length).toBeGreaterThan(25);
  expect(asked).toHaveLength(calls.length);
  const unknown = asked.filter(({ method, path }) => !CALLS.some((call) => call.method === method && call.form.test(path)));
  expect(unknown).toEqual([]);
  expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer KEY"]));
});

const camera = {
  id: "a", name: "n", state: "recording", since: null, note: "", stream: null, record: "events", audio: false, indoor: false, has_sub: false, onvif: false,
  privacy: { zones: [[[0, 0], [1, 0], [1, 0.5]]], by: "auto", active: "hub" }, detect: {}, bell: {}, keep_days: 14, quota_gb: 0,
};

test("a camera's defaults stand where a hub leaves them out; a wrong form is refused at the border", async () => {
  const found = await api.patchCamera(spy(camera).client, "a", {});
  expect(found.detect).toMatchObject({ enabled: true, sensitivity: "normal", zones: [] });
  for (const wrong of [{ ...camera, record: "sometimes" }, { ...camera, privacy: { ...camera.privacy, zones: [[[0, 0, 0]]] } }, { ...camera, name: 3 }, []]) {
    await expect(api.patchCamera(spy(wrong).client, "a", {})).rejects.toBeInstanceOf(ApiError);
  }
});
