// People in a picture, and help from outside: R04 R09. A form without an account, a sign for the door, a share for an hour.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const DOOR = { longitude: -122.40785, latitude: 37.77675 }; // the demo's camera
let home: BrowserContext;
let outside: BrowserContext;
let base: string;
let resident: Page;
const WORDS = `A red coat, ${Date.now().toString(36)}`;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  base = baseURL ?? "";
  const options = { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce" } as const;
  home = await browser.newContext(options);
  outside = await browser.newContext({ ...options, geolocation: DOOR, permissions: ["geolocation"] });
});
test.afterAll(async () => {
  await home.close();
  await outside.close();
});

test("R09 a member prints a sign whose code leads to the form", async () => {
  resident = await be(home, base, "resident");
  await expect(resident.getByRole("link", { name: /A person came by/ }).first()).toBeVisible({ timeout: 150_000 });
  await resident.goto("/home/#/sign");
  await expect(resident.getByText("There is a camera at this door")).toBeVisible();
  await expect(resident.getByRole("img", { name: "A code that opens the form" })).toBeVisible();
  await expectAccessible(resident);
});

test("R09 somebody in a picture asks without an account and learns only that it was sent", async () => {
  const page = await outside.newPage();
  const calls: { path: string; body: string; named: boolean }[] = [];
  page.on("request", (one) => {
    const headers = one.headers();
    calls.push({ path: new URL(one.url()).pathname, body: one.postData() ?? "", named: "authorization" in headers || "cookie" in headers });
  });
  await page.goto("/ask");
  await expect(page.getByRole("heading", { name: "Were you in a picture?" })).toBeVisible();
  await expect(page.getByLabel("Street", { exact: true })).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Say where it was", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Use where I am now" }).click();
  await expect(page.getByText("Where this device is now.")).toBeVisible();
  const early = new Date(Date.now() - 3 * 3_600_000);
  const local = await page.evaluate((ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16), early.getTime());
  await page.getByLabel("From").fill(local);
  await page.getByLabel("How would they know you in the picture?").fill(WORDS);
  await page.getByLabel("Please blur me in anything you share").check();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("heading", { name: "Sent" })).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  expect(calls.some(({ path }) => path === "/v1/wishes")).toBe(true);
  expect(calls.filter(({ named }) => named)).toEqual([]);
  expect(calls.filter(({ body }) => body.includes("red coat") || body.includes("37.77"))).toEqual([]);
  await page.close();
});

test("R09 the household reads it beside its clips, and what it does is told to nobody", async () => {
  await resident.goto("/home/#/wishes");
  const card = resident.getByRole("listitem").filter({ hasText: WORDS });
  await expect(async () => {
    await resident.reload();
    await expect(card).toBeVisible({ timeout: 8_000 });
  }).toPass({ timeout: 120_000 });
  await expect(card.getByRole("heading", { name: /blurred/ })).toBeVisible();
  await expectAccessible(resident);
  const sent: string[] = [];
  resident.on("request", (one) => one.method() !== "GET" && sent.push(one.url()));
  const clip = card.getByRole("listitem").last().getByRole("link");
  const href = (await clip.getAttribute("href")) ?? "";
  await card.getByRole("button", { name: "Always blur faces in copies" }).click();
  await expect(resident.getByText("Nobody is told.", { exact: false }).first()).toBeVisible();
  await expect(card).toHaveCount(0);
  expect(sent).toEqual([]);
  await resident.goto(`/home/${href.replace("#/clip/", "#/share/")}`);
  const faces = resident.getByRole("switch", { name: "Blur faces" });
  await expect(faces).toBeChecked();
  await faces.click({ force: true });
  await expect(faces).toBeChecked();
});

test("R04 a share for support is a report without pictures, seen by the household and taken back", async () => {
  await resident.goto("/home/#/support");
  const report = resident.getByLabel("Read it before you give it away");
  await expect(report).toContainText('"cameras"');
  expect(await report.innerText()).not.toMatch(/Front door|37\.77/);
  await expectAccessible(resident);
  await resident.getByRole("button", { name: "Share it for an hour" }).click();
  await expect(resident.getByRole("heading", { name: "The report is shared" })).toBeVisible({ timeout: 30_000 });
  const address = (await resident.locator("pre").first().innerText()).trim();
  const helper = await outside.newPage();
  await helper.goto(address);
  await expect(helper.getByText(/The link ends in \d+ minutes/)).toBeVisible();
  await helper.getByRole("button", { name: "Open the report" }).click();
  await expect(helper.getByText('"report": "Fanlight, for support"')).toBeVisible();
  await expectAccessible(helper);
  await resident.getByRole("link", { name: "All links of your household" }).click();
  const row = resident.getByRole("listitem").filter({ hasText: "Share for support, no pictures" }).filter({ hasText: "Ends in" }).first();
  await row.getByRole("button", { name: "Take back" }).click();
  await row.getByRole("group", { name: "Take back" }).getByRole("button", { name: "Take back" }).click();
  await expect(resident.getByText("The link was taken back.")).toBeVisible();
  await helper.goto("about:blank");
  await helper.goto(address);
  await expect(helper.getByRole("heading", { name: /took this link back/ })).toBeVisible();
  await helper.close();
});
