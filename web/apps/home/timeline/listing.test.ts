import { expect, test } from "vitest";
import { ApiError, Client, type Fetch } from "../../../core/api/client.ts";
import { fewAtOnce, Listing, pauseAfter } from "./listing.ts";

const row = (clip: string) => ({ clip, card: `card of ${clip}`, sig: "" });

/** A list in pages of two, tagged as the server tags it. */
class Town {
  clips: string[] = [];
  away = false;
  readonly asked: string[] = [];
  readonly fetch: Fetch = async (url, init) => {
    if (this.away) throw new TypeError("network");
    const query = new URL(url, "http://town").searchParams;
    expect(query.get("brief")).toBe("true");
    const after = query.get("after");
    const rest = this.clips.filter((clip) => after === null || clip > after);
    const here = rest.slice(0, 2);
    const tag = `"${here.join()}${rest.length > 2 ? "+" : ""}"`;
    const same = new Headers(init?.headers).get("If-None-Match") === tag;
    this.asked.push(`${after ?? ""} ${same ? 304 : 200}`);
    const body = { clips: here.map(row), after: rest.length > 2 ? here.at(-1) : null };
    return same ? new Response(null, { status: 304 }) : new Response(JSON.stringify(body), { headers: { ETag: tag } });
  };
}
const named = async (listing: Listing): Promise<string[]> => (await listing.of("2026-11-21")).map((one) => one.clip);

test("pages that did not change are not sent again, and still count", async () => {
  const town = new Town();
  const listing = new Listing(new Client(town.fetch));
  expect(await named(listing)).toEqual([]);
  town.clips = ["a", "c", "e"];
  expect(await named(listing)).toEqual(["a", "c", "e"]);
  town.clips.push("g");
  expect(await named(listing)).toEqual(["a", "c", "e", "g"]);
  expect(await named(listing)).toEqual(["a", "c", "e", "g"]);
  expect(town.asked).toEqual([" 200", " 200", "c 200", " 304", "c 200", " 304", "c 304"]);
});

test("a clip in the middle moves the pages after it, and one that was erased goes", async () => {
  const town = new Town();
  const listing = new Listing(new Client(town.fetch));
  town.clips = ["a", "c", "e"];
  await named(listing);
  town.clips = ["a", "b", "c", "e"];
  expect(await named(listing)).toEqual(["a", "b", "c", "e"]);
  town.clips = ["c"];
  expect(await named(listing)).toEqual(["c"]);
});

test("a list that could not be had whole leaves what was known", async () => {
  const town = new Town();
  const listing = new Listing(new Client(town.fetch));
  town.clips = ["a"];
  await named(listing);
  town.away = true;
  await expect(named(listing)).rejects.toBeInstanceOf(ApiError);
  town.away = false;
  expect(await named(listing)).toEqual(["a"]);
  expect(town.asked.at(-1)).toBe(" 304");
});

test("a day asked for ahead is asked for once, and after that as ever", async () => {
  const town = new Town();
  const listing = new Listing(new Client(town.fetch));
  town.clips = ["a"];
  listing.ahead(["2026-11-21"]);
  expect(await named(listing)).toEqual(["a"]);
  expect(town.asked).toEqual([" 200"]);
  town.clips = ["a", "c"];
  expect(await named(listing)).toEqual(["a", "c"]);
});

test("a day that could not be had ahead is told to whoever asks for it, and then asked for again", async () => {
  const town = new Town();
  const listing = new Listing(new Client(town.fetch));
  town.clips = ["a"];
  town.away = true;
  listing.ahead(["2026-11-21"]);
  await expect(named(listing)).rejects.toBeInstanceOf(ApiError);
  town.away = false;
  expect(await named(listing)).toEqual(["a"]);
});

test("only a few are under way at once, and none is left out", async () => {
  let under = 0;
  let most = 0;
  const done: number[] = [];
  await fewAtOnce([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++under);
    await Promise.resolve();
    under--;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("after a failure nothing more is begun, and what was begun has ended", async () => {
  const begun: number[] = [];
  let ended = 0;
  const run = fewAtOnce([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error("one");
    await new Promise((resolve) => setTimeout(resolve));
    ended++;
  });
  await expect(run).rejects.toThrow("one");
  expect(begun).toEqual([1, 2]);
  expect(ended).toBe(1);
});

test("a quick answer is followed a second later, a slow or failing server is left in peace", () => {
  expect(pauseAfter(20, 0)).toBe(1000);
  expect(pauseAfter(2000, 0)).toBe(8000);
  expect([1, 2, 3].map((failures) => pauseAfter(20, failures))).toEqual([2000, 4000, 8000]);
  expect(pauseAfter(20, 60)).toBe(30_000);
});

test("a day's first descriptions are on their way before anybody could open them, each asked for once", async () => {
  const town = new Town();
  town.clips = ["a", "b", "c", "d", "e", "f"];
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const clip = /clips\/(\w)\/manifest$/.exec(url)?.[1];
    if (!clip) return town.fetch(url, init);
    asked.push(clip);
    return clip === "b" ? new Response("{}", { status: 404 }) : new Response(clip);
  };
  const listing = new Listing(new Client(fetch));
  listing.ahead(["2026-11-21"]);
  await named(listing);
  expect(asked).toEqual(["a", "b", "c", "d"]);
  const of = async (clip: string): Promise<string> => new TextDecoder().decode(await listing.manifest(clip));
  expect([await of("a"), await of("e")]).toEqual(["a", "e"]);
  await expect(of("b")).rejects.toMatchObject({ status: 404 });
  expect(asked).toEqual(["a", "b", "c", "d", "e"]);
  expect(await of("a")).toBe("a");
  expect(asked.at(-1)).toBe("a"); // handed out once: what is asked for later may have been sealed anew
});
