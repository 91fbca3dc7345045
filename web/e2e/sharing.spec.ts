// A copy leaves the home by a link: R06 R09 R11. Faces hidden in the browser, opened without an account, taken back.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

let home: BrowserContext;
let outside: BrowserContext;
let base: string;
let resident: Page;
let address: string;
// Another run in the same town made links, too.
const stamp = Date.now().toString(36);
const NAME = `At our door ${stamp}`;
const SECOND = `A second copy ${stamp}`;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  base = baseURL ?? "";
  const options = { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce" } as const;
  home = await browser.newContext(options);
  outside = await browser.newContext(options);
});
test.afterAll(async () => {
  await home.close();
  await outside.close();
});

/** What is said when a link opens no more. */
async function expectEnd(link: string, title: RegExp): Promise<void> {
  const page = await outside.newPage();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: title })).toBeVisible();
  await expectAccessible(page);
  await page.close();
}

test("R09 a member makes a copy in which faces are hidden, and looks at it", async () => {
  resident = await be(home, base, "resident");
  const first = resident.getByRole("link", { name: /A person came by/ }).first();
  await expect(first).toBeVisible({ timeout: 150_000 });
  await first.click();
  await resident.getByRole("link", { name: "Share a copy" }).click();
  await expect(resident.getByRole("switch", { name: "Blur faces" })).toBeChecked();
  const end = resident.getByRole("slider", { name: "End of the copy" });
  await expect(end).toBeVisible({ timeout: 60_000 });
  await end.press("Home");
  await resident.getByText("Hide parts by hand").click();
  await resident.getByRole("button", { name: "Add a box" }).click();
  const box = resident.getByRole("button", { name: "Box 1", exact: true });
  await box.press("ArrowLeft");
  await box.press("Shift+ArrowDown");
  await expect(resident.getByText("Box 1, 1 place")).toBeVisible();
  await expectAccessible(resident);
  const sent: string[] = [];
  resident.on("request", (one) => sent.push(`${one.method()} ${new URL(one.url()).pathname}`));
  await resident.getByRole("button", { name: "Make the copy" }).click();
  await expect(resident.getByText(/face was found|Faces were found/)).toBeVisible({ timeout: 200_000 });
  expect(sent.filter((one) => !one.startsWith("GET "))).toEqual([]);
  await expect(resident.getByText("The copy, as others will see it")).toBeVisible();
  await expectAccessible(resident);
});

test("R06 R11 the link's key is in no request, and its end and count are the maker's", async () => {
  const bodies: string[] = [];
  resident.on("request", (one) => bodies.push(one.url() + (one.postDataBuffer()?.toString("latin1") ?? "")));
  await resident.getByLabel("Name of the copy").fill(NAME);
  await resident.getByLabel("How often it may be opened").selectOption({ label: "once" });
  await resident.getByRole("button", { name: "Make the link" }).click();
  await expect(resident.getByRole("heading", { name: "The link is ready" })).toBeVisible({ timeout: 60_000 });
  address = (await resident.locator("pre").first().innerText()).trim();
  expect(address).toMatch(/\/s#[a-z2-7]{26}\.[A-Za-z0-9_-]{43}$/);
  await expect(resident.getByRole("img", { name: "The link as a code to scan" })).toBeVisible();
  const secret = address.split(".").at(-1) ?? "";
  expect(bodies.length).toBeGreaterThan(2);
  expect(bodies.filter((body) => body.includes(secret))).toEqual([]);
  await expectAccessible(resident);
});

test("R06 who has the link reads what it is, opens it without an account, and plays it", async () => {
  const page = await outside.newPage();
  const urls: string[] = [];
  page.on("request", (one) => urls.push(one.url()));
  await page.goto(address);
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
  await expect(page.getByText("Faces that a computer found were blurred.")).toBeVisible();
  await expect(page.getByText("1 part of the picture was hidden by hand.")).toBeVisible();
  await expect(page.getByText("It can be opened once more", { exact: false })).toBeVisible();
  await expectAccessible(page);
  await page.reload(); // reading does not count
  await page.getByRole("button", { name: "Open the copy" }).click();
  const video = page.getByRole("region", { name: /^Video: / });
  await video.getByRole("button", { name: "Play", exact: true }).click();
  const media = video.locator("video");
  await expect.poll(() => media.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(0.1);
  expect(await media.evaluate((v: HTMLVideoElement) => v.error)).toBeNull();
  await expectAccessible(page);
  const secret = address.split(".").at(-1) ?? "";
  expect(urls.some((url) => url.endsWith("/open"))).toBe(true);
  expect(urls.filter((url) => url.includes(secret))).toEqual([]);
  await page.close();
});

test("R09 a link says whether it was opened too often, taken back, cut off, or never was", async () => {
  await expectEnd(address, /opened as often as it may be/);
  await expectEnd(address.slice(0, -3), /A part of the link is missing/);
  await expectEnd(address.replace(/#.*\./, `#${"a".repeat(26)}.`), /There is no such link any more/);
  await resident.getByRole("link", { name: "All links of your household" }).click();
  const row = resident.getByRole("listitem").filter({ hasText: NAME });
  await expect(row.getByText("Opened 1 of 1 time")).toBeVisible();
  await expectAccessible(resident);
});

test("R09 any member takes a link back, and it opens no more", async () => {
  await resident.goBack();
  await resident.goto("/home/#/");
  const first = resident.getByRole("link", { name: /A person came by/ }).first();
  await first.click();
  await resident.getByRole("link", { name: "Share a copy" }).click();
  await resident.getByRole("switch", { name: "Blur faces" }).click();
  await resident.getByRole("slider", { name: "End of the copy" }).press("Home");
  await resident.getByRole("button", { name: "Make the copy" }).click();
  await resident.getByLabel("Name of the copy").fill(SECOND);
  await resident.getByRole("button", { name: "Make the link" }).click();
  await expect(resident.getByRole("heading", { name: "The link is ready" })).toBeVisible({ timeout: 60_000 });
  const second = (await resident.locator("pre").first().innerText()).trim();
  const reader = await outside.newPage();
  await reader.goto(second);
  await expect(reader.getByText("Faces were left as recorded.")).toBeVisible();
  await resident.getByRole("link", { name: "All links of your household" }).click();
  const row = resident.getByRole("listitem").filter({ hasText: SECOND });
  await row.getByRole("button", { name: "Take back" }).click();
  await row.getByRole("group", { name: "Take back" }).getByRole("button", { name: "Take back" }).click();
  await expect(resident.getByText("The link was taken back.")).toBeVisible();
  await reader.getByRole("button", { name: "Open the copy" }).click();
  await expect(reader.getByRole("heading", { name: /took this link back/ })).toBeVisible();
  await reader.close();
  await expectEnd(second, /took this link back/);
});
