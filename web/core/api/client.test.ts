import { expect, test } from "vitest";
import { clipsOf, drop } from "./calls.ts";
import { ApiError, Client, type Fetch } from "./client.ts";
import { list, num, obj, str } from "./shape.ts";

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

test("a refusal carries the server's three sentences", async () => {
  const api = new Client(async () => answer(409, { code: "x.y", what: "A.", kept: "B.", do: "C." }));
  const error = await api.send("/v1/x").catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: "x.y", what: "A.", kept: "B.", todo: "C.", status: 409 });
});

test("a server that does not answer is told apart from one that refuses", async () => {
  const api = new Client(() => Promise.reject(new TypeError("network")));
  await expect(api.send("/v1/x")).rejects.toMatchObject({ away: true });
});

test("an ended token is renewed once and only once", async () => {
  let signed = 0;
  const seen: (string | undefined)[] = [];
  const fetch: Fetch = async (_, init) => {
    seen.push((init?.headers as Record<string, string>)["Authorization"]);
    return answer(401, {});
  };
  const api = new Client(fetch, "", async () => `t${++signed}`);
  await expect(api.send("/v1/x")).rejects.toMatchObject({ status: 401 });
  expect(seen).toEqual(["Bearer t1", "Bearer t2"]);
});

test("calls made together sign in once", async () => {
  let signed = 0;
  const api = new Client(async () => answer(200, {}), "", async () => `t${++signed}`);
  await Promise.all([api.send("/a"), api.send("/b"), api.send("/c")]);
  expect(signed).toBe(1);
});

test("a drop carries no token even when somebody is signed in", async () => {
  const headers: Record<string, string>[] = [];
  const paths: string[] = [];
  const fetch: Fetch = async (url, init) => {
    paths.push(url);
    headers.push(init?.headers as Record<string, string>);
    return answer(200, {});
  };
  const api = new Client(fetch, "", async () => "secret");
  const one = new Uint8Array(1);
  const pay = new Uint8Array(2 * 1024 * 1024);
  await drop(api, "tok", "id", { hdr: one, pay, manifest: one, root: "", manifestSha256: "", withdrawSha256: "", onwardCommit: "" }, () => undefined);
  expect(headers.some((h) => "Authorization" in h)).toBe(false);
  expect(paths).toEqual(["hdr", "manifest", "pay?offset=0", "pay?offset=1048576", "done"].map((p) => `/v1/drops/tok/id/${p}`));
});

test("a drop that broke off goes on where the server's part ends", async () => {
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push(`${init?.method} ${url.slice("/v1/drops/tok/id/".length)}`);
    return new Response(init?.method === "HEAD" ? null : "{}", { headers: { "Upload-Offset": "1048577" } });
  };
  const one = new Uint8Array(1);
  const parts = { hdr: one, pay: new Uint8Array(2 * 1024 * 1024), manifest: one, root: "", manifestSha256: "", withdrawSha256: "", onwardCommit: "" };
  const shares: number[] = [];
  await drop(new Client(fetch, "", null), "tok", "id", parts, (share) => shares.push(share), true);
  expect(asked).toEqual(["PUT hdr", "PUT manifest", "HEAD pay", "PUT pay?offset=1048577", "POST done"]);
  expect(shares).toEqual([1]);
});

test("an answer of another shape is refused at the border", async () => {
  const api = new Client(async () => answer(200, { clips: [{ clip: 3 }] }));
  await expect(clipsOf(api, "2026-11-21", null)).rejects.toMatchObject({ code: "client.bad_answer" });
  expect(() => obj({ a: list(num) })({ a: [1, "2"] }, "x")).toThrow("x.a[1] is no number");
  expect(obj({ a: str })({ a: "b", more: 1 }, "x")).toEqual({ a: "b" });
});

test("a server that ignores a range does not shift the bytes", async () => {
  const api = new Client(async () => new Response(new Uint8Array([0, 1, 2, 3, 4]), { status: 200 }));
  expect([...(await api.range("/p", 1, 3))]).toEqual([1, 2]);
});
