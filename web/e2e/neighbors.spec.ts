// What neighbours post and dispatch reports, as everybody reads it: R13 R14 R16 R18. The town, its posts and its reports are made by tests/journey/test_neighbors.py.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { choose } from "./people.ts";
import { as, look } from "./days.ts";

test("R13 R14 R18 anybody reads what dispatch reports, and how common it is", async ({ page, context }) => {
  await context.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  const calls: string[] = [];
  page.on("request", (request) => calls.push(new URL(request.url()).pathname));
  const map = page.waitForSelector('[data-ready="true"]', { state: "attached" });
  await page.goto("/neighbors");
  const list = page.getByRole("region", { name: "Posts and reports" });
  await expect(list.getByRole("status")).toHaveText("2 posts, 4 dispatch reports");
  await expect(list.getByRole("heading", { name: "Fire", exact: true })).toHaveCount(2);
  await expect(list.getByText("Somewhere in town")).toHaveCount(1);
  await expect(list.getByText("Over", { exact: true })).toHaveCount(1);
  await map;
  await expect(page.getByRole("img", { name: /^Map with \d+ posts and reports in \d+ areas/ })).toBeVisible();
  await look(page);
  // by keyboard alone: filter, look less far back, another kind's numbers
  await page.getByRole("button", { name: "Dispatch", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(list.getByRole("status")).toHaveText("4 dispatch reports");
  const [kept] = await Promise.all([page.waitForEvent("download"), list.getByRole("button", { name: "CSV" }).click()]);
  const csv = await readFile(await kept.path(), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(5);
  await page.getByRole("button", { name: "Parcel", exact: true }).click();
  await expect(list.getByText("Choose another kind, or a wider part of town.")).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByLabel("How far back").focus();
  await page.keyboard.press("End");
  await expect(page.getByText("The last 30 days")).toBeVisible();
  const common = page.getByRole("region", { name: "How common is this here?" });
  await common.getByLabel("Kind").selectOption({ label: "Fire" });
  await expect(common.getByText("There is no year before to compare with.", { exact: false })).toBeVisible();
  // the whole town's files, whoever looks at whatever: every tile of it, no point, no account
  await expect.poll(() => calls.includes("/v1/posts/years")).toBe(true);
  const asked = new Set(calls.filter((path) => path.startsWith("/v1/")));
  const { whole } = (await (await page.request.get("/v1/incidents/tiles")).json()) as { whole: string[] };
  expect(whole.length).toBeLessThanOrEqual(4);
  expect([...asked].toSorted()).toEqual(
    ["cad-sources", "incident-classes", "incidents", "incidents/tiles", ...whole.map((path) => `incidents/tiles/${path}`), "incidents/years", "map/city.geojson", "map/streets.geojson", "media-place", "posts", "posts/corrections", "posts/map", "posts/years", "town"]
      .map((path) => `/v1/${path}`)
      .toSorted(),
  );
  for (const text of [csv, await page.content()]) expect(text).not.toContain("NEVERKEPT");
});

test("R13 R14 R16 a reader chooses a part of town on their device, follows a post, and is told what was corrected", async ({ page, context }) => {
  await context.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  const asked: URL[] = [];
  page.on("request", (request) => asked.push(new URL(request.url())));
  await page.goto("/neighbors");
  const list = page.getByRole("region", { name: "Posts and reports" });
  await expect(list.getByRole("link", { name: "Grey cat is missing" })).toBeVisible();
  await expect(list.getByText(/^Animal · .*, evening · Around /)).toBeVisible(); // named by its streets
  // a street's surroundings: the street is told to nobody
  const streets = (await list.getByText(/^Animal · /).textContent())?.match(/Around (.+?)(?: and |$)/)?.[1] ?? "";
  expect(streets).not.toBe("");
  await page.getByRole("button", { name: "Change area" }).click();
  await page.getByRole("radio", { name: "Around a street" }).check();
  await page.getByRole("combobox", { name: "Around a street" }).fill("No Such Street");
  await page.getByRole("button", { name: "Show it" }).click();
  await expect(page.getByText("No street of that name is on the town’s map.")).toBeVisible();
  await look(page);
  await page.getByRole("combobox", { name: "Around a street" }).fill(streets);
  await page.getByRole("button", { name: "Show it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `Around ${streets}` })).toBeVisible();
  await page.getByRole("button", { name: "Nearest" }).click();
  await page.getByRole("button", { name: "Change area" }).click();
  await page.getByRole("button", { name: "Show it" }).click(); // the whole town again
  await list.getByRole("link", { name: "Grey cat is missing" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Grey cat is missing" })).toBeVisible();
  await expect(page.getByText("I saw her in the yard behind the bakery.")).toBeVisible();
  await page.getByRole("button", { name: "Follow" }).click();
  await expect(page.getByRole("button", { name: "Stop following" })).toBeVisible();
  await look(page);
  // somebody who is in it asks for removal, without an account, and looks how it went
  await page.getByRole("button", { name: "I am in this post" }).click();
  await page.getByLabel("Why should it go?").fill("It is about my cat.");
  await page.getByRole("button", { name: "Ask for removal" }).click();
  await page.getByRole("link", { name: "Look how it went" }).click();
  await expect(page.getByText("A moderator has not read it yet.", { exact: false })).toBeVisible();
  // no street, cell or choice of the reader is in any address; an area is as wide as the spec says
  for (const { search } of asked) expect([...new URLSearchParams(search).keys()].filter((name) => !["area", "before"].includes(name))).toEqual([]);

  await fetch(`${process.env["FANLIGHT_AHEAD"]}/corrected`, { method: "POST" });
  await page.goto("/neighbors");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Some things you read have changed" })).toBeVisible();
  await expect(page.getByText("It belongs to the water company.")).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "I have read this" }).click();
  await expect(page.getByRole("heading", { name: "Some things you read have changed" })).toHaveCount(0);
  await page.getByRole("button", { name: "Followed" }).click();
  await expect(list.getByRole("status")).toHaveText("1 post");
});

test("R14 a town without a source says why, a slow one says so, and thousands of posts are as quick as ten", async ({ page }) => {
  await page.route("**/v1/cad-sources", (route) => route.fulfill({ json: { sources: [] } }));
  await page.route("**/v1/incidents", (route) => route.fulfill({ json: { incidents: [] } }));
  await page.goto("/neighbors");
  await page.getByRole("button", { name: "Dispatch", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Nobody passes dispatches on here" })).toBeVisible();
  await look(page);
  await page.unroute("**/v1/cad-sources");
  await page.unroute("**/v1/incidents");
  await page.route("**/v1/incidents", (route) => route.abort());
  await page.reload();
  await expect(page.getByText("Posts are here; what dispatch reports is not.")).toBeVisible();
  await page.unroute("**/v1/incidents");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Posts are here; what dispatch reports is not.")).toHaveCount(0);
  const [one] = ((await (await page.request.get("/v1/posts")).json()) as { posts: { post: string }[] }).posts;
  const posts = Array.from({ length: 3_000 }, (_, i) => ({ ...one, post: `a${i}`, title: `Post ${i}` }));
  await page.route("**/v1/posts", (route) => route.fulfill({ json: { posts, next: null } }));
  await page.reload();
  await expect(page.getByText("These are all 3,000 posts of this part of town.")).toBeVisible();
  expect(await page.getByRole("region", { name: "Posts and reports" }).getByRole("listitem").count()).toBeLessThan(60);
});

test("R13 R15 a member posts from a phone in a few taps, is asked what was done, and finds it under their posts", async ({ page, context }) => {
  await context.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(as("maya", "home/"));
  await page.getByRole("link", { name: "Neighbours" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Around your home" })).toBeVisible();
  await page.getByRole("link", { name: "Write a post" }).click();
  await choose(page, "Parcel");
  await page.getByRole("button", { name: "Describe somebody" }).click();
  await page.getByLabel("How they could be told apart").fill("White man in a green vest");
  await page.getByLabel("What was done").fill("He stood at the corner.");
  await expect(page.getByText("What did they do?")).toBeVisible();
  await expect(page.getByText("What else would tell them apart?")).toBeVisible();
  await look(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload(); // the draft is kept
  await expect(page.getByLabel("What was done")).toHaveValue("He stood at the corner.");
  await page.getByLabel("What was done").fill("Somebody took the flower pot from my step and carried it away.");
  await expect(page.getByText("Says what was done.")).toBeVisible();
  await page.getByRole("button", { name: "Leave it out" }).click();
  await expect(page.getByText("What else would tell them apart?")).toHaveCount(0);
  await page.getByRole("button", { name: "Check and preview" }).click();
  await expect(page.getByRole("heading", { name: "This is your post" })).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Your post is on its way" })).toBeVisible();
  await page.getByRole("link", { name: "Follow it under “Your posts”" }).click();
  await expect(page.getByRole("heading", { name: "Somebody took the flower pot from my step and carried it away" })).toBeVisible();
  await expect(page.getByText("Comes out soon")).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "Take it back" }).click();
  await page.getByRole("button", { name: "Take it back for good" }).click();
  await expect(page.getByText("Comes out soon")).toHaveCount(0);
  // a comment goes under a number
  await page.getByRole("link", { name: "Neighbours", exact: true }).first().click();
  await page.getByRole("button", { name: "Change area" }).click();
  await page.getByRole("button", { name: "Show it" }).click();
  await page.getByRole("link", { name: "Grey cat is missing" }).click();
  await page.getByLabel("Your comment").fill("I will look in our garden, too.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.getByText("Your comment comes out within two hours.")).toBeVisible();
  await look(page);
});
