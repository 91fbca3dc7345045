// A person adds a camera on the hub's own page, draws a zone and a privacy zone, and sees both take effect: R08 R09 R51.
// One story in order. Every page is also looked at by axe, light and dark.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const link = process.env["FANLIGHT_HUB_LINK"] ?? "";
const address = process.env["FANLIGHT_CAMERA"] ?? "";
const login = process.env["FANLIGHT_CAMERA_LOGIN"] ?? "";
const user = login.slice(0, login.indexOf(":"));
const password = login.slice(login.indexOf(":") + 1);
const out = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const base = link.split("#")[0] ?? "";
const A_ROUND = 200_000; // the demo camera's clip is 90 s long, and the machine may be busy

let context: BrowserContext;
let page: Page;
let name: string;
let id: string;

test.beforeAll(async ({ browser }, { project }) => {
  const { viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  context = await browser.newContext({ viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce", acceptDownloads: true });
  page = await context.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  name = `Front ${project.name}`;
});
test.afterAll(() => context.close());

/** As it stands, light and dark. */
async function expectGood(): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "the page is wider than its screen").toBeLessThanOrEqual(0);
  }
}
const tab = (label: string) => page.getByRole("navigation", { name: "Parts of this camera’s settings" }).getByRole("link", { name: label });
const picture = () => page.locator(".pic img").first();

/** Presses on the picture and draws a box between two shares of it. */
async function stroke([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): Promise<void> {
  await page.getByRole("button", { name: "Drag a box" }).click();
  const sheet = page.getByText("Press on the picture and draw a box").locator("..");
  const box = await sheet.boundingBox();
  if (!box) throw new Error("the picture has no size");
  const at = (x: number, y: number) => ({ x: box.width * x, y: box.height * y });
  await sheet.dragTo(sheet, { sourcePosition: at(x0, y0), targetPosition: at(x1, y1) });
}

/** How far apart brightnesses are within a part of the newest picture: 0 for one colour. */
const spread = ([x0, y0, x1, y1]: readonly [number, number, number, number]): Promise<number> =>
  picture().evaluate(
    (element: HTMLElement, [left, top, right, bottom]) => {
      const img = element as HTMLImageElement;
      const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
      const pen = canvas.getContext("2d");
      if (!pen || canvas.width === 0) return -1;
      pen.drawImage(img, 0, 0);
      const { data } = pen.getImageData(canvas.width * left, canvas.height * top, canvas.width * (right - left), canvas.height * (bottom - top));
      let [least, most] = [255, 0];
      for (let i = 0; i < data.length; i += 4) {
        least = Math.min(least, data[i + 1] ?? 0);
        most = Math.max(most, data[i + 1] ?? 0);
      }
      return most - least;
    },
    [x0, y0, x1, y1] as const,
  );

test("without a key the page says how to get one, and the key leaves the address", async () => {
  await page.goto(base);
  await expect(page.getByRole("heading", { name: "This tab has no key to your hub" })).toBeVisible();
  await expect(page.getByText("fanlight hub page")).toBeVisible();
  await expectGood();
  await page.goto(`${base}#k=${"x".repeat(43)}`);
  await expect(page.getByRole("heading", { name: "The hub did not take this key" })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "No camera yet" })).toBeVisible();
  expect(page.url()).toBe(base);
  await page.reload();
  await expect(page.getByRole("heading", { name: "No camera yet" })).toBeVisible();
  await expectGood();
});

test("R51 a camera is added by hand: a wrong password says so, the right one shows a picture", async () => {
  await page.getByRole("link", { name: "Add a camera" }).click();
  await page.getByRole("radio", { name: /Type the address/ }).check();
  await expectGood();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("Address of the camera").fill("127.0.0.1:1/nothing");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText("Nothing answers at this address.")).toBeVisible();
  await page.getByLabel("Address of the camera").fill(address);
  await page.getByLabel("User name set on the camera").fill(user);
  await page.getByLabel("Password set on the camera").fill("not this one");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByText("The camera refuses this user name or password.")).toBeVisible();
  await expectGood();
  await page.getByLabel("Password set on the camera").fill(password);
  await page.getByRole("button", { name: "Try it" }).click();

  await expect(page.getByText("It works")).toBeVisible();
  await expect(page.getByText("768 × 432, 10 pictures a second, H.264.")).toBeVisible();
  await expect.poll(() => picture().evaluate((img: HTMLElement) => (img as HTMLImageElement).naturalWidth)).toBe(768);
  await expect(page.getByRole("radio", { name: /Around events/ })).toBeChecked();
  await expectGood();
  await page.goBack();
  await expect(page.getByLabel("Address of the camera")).toHaveValue(address);
  await expect(page.getByLabel("Password set on the camera")).toHaveValue(password);
  await page.goForward();
  await page.getByLabel("What do you call it?").fill(name);
  await page.getByRole("button", { name: "Go on" }).click();

  await expect(page.getByRole("heading", { name: "Leave your neighbours out?" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Corner 3 of 4, Privacy zone" })).toBeVisible();
  await expectGood();
  await page.getByRole("radio", { name: "Without a zone" }).check();
  await page.getByRole("button", { name: "Add the camera" }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  id = /camera\/([a-z2-7]{26})/.exec(page.url())?.[1] ?? "";
  expect(id).not.toBe("");
});

test("the camera's own film plays, and its card stands on the wall", async () => {
  const video = page.locator("video");
  await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.videoWidth), { timeout: 60_000 }).toBe(768);
  const at = await video.evaluate((v: HTMLVideoElement) => v.currentTime);
  await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(at + 1);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await expectGood();
  await page.goto(`${base}#/`);
  const card = page.getByRole("link", { name: `Open ${name}` });
  await expect.poll(() => card.locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(768);
  await expect(page.getByText("Your camera works")).toBeVisible();
  await expectGood();
  await card.click();
});

test("R08 R09 what stands outside a zone does not count, and the page says why", async () => {
  await tab("What counts").click();
  await expect(page.getByRole("heading", { name: "What it misses" })).toBeVisible();
  await expect(page.getByText(/never evidence/).first()).toBeVisible();
  await page.getByRole("button", { name: "Add a zone" }).click();
  await page.getByLabel("Name of the zone").fill("Ceiling");
  // By keyboard alone: the lower corners go up until only the top of the picture is left.
  for (const corner of [3, 4]) {
    const handle = page.getByRole("button", { name: `Corner ${corner} of 4, Ceiling` });
    await handle.focus();
    for (let i = 0; i < 14; i++) await handle.press("Shift+ArrowUp");
  }
  for (const corner of [1, 2]) {
    const handle = page.getByRole("button", { name: `Corner ${corner} of 4, Ceiling` });
    await handle.focus();
    for (let i = 0; i < 8; i++) await handle.press("Shift+ArrowUp");
  }
  await expect(page.getByText(/5 % from the top/)).toHaveCount(0);
  await expectGood();
  await page.getByRole("button", { name: "Save what counts" }).click();
  await expect(page.getByText("Saved. It counts from now on.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Things in the picture" }).getByText("Person, does not count. It stands in no zone where its kind counts.").first()).toBeVisible({ timeout: A_ROUND });
  await expect(page.getByText("Movement in the last minute")).toBeVisible();
  await expectGood();
});

test("R09 in a zone that is drawn where people walk they count, and make an event", async () => {
  await page.getByRole("button", { name: "Remove Ceiling" }).click();
  await stroke([0.03, 0.1], [0.97, 0.99]);
  await page.getByLabel("Name of the zone").fill("Floor");
  await page.getByRole("button", { name: "Save what counts" }).click();
  await expect(page.getByText("Saved. It counts from now on.")).toBeVisible();
  await expect(page.getByRole("list", { name: "Things in the picture" }).getByText("Person, counts").first()).toBeVisible({ timeout: A_ROUND });
  await page.goto(`${base}#/footage/${id}`);
  await expect(page.getByRole("button", { name: /^Show A person came by/ }).first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/in Floor/).first()).toBeVisible();
});

test("the day shows what is recorded; a stretch of it plays and is saved with exact times", async ({}, { project }) => {
  const event = page.getByRole("button", { name: /^Show A person came by/ }).first();
  await expect(page.getByRole("slider", { name: `Position in the day of ${name}` })).toBeVisible();
  await expect.poll(() => page.getByRole("button", { name: "Play from here" }).isVisible(), { timeout: 60_000 }).toBe(true);
  await event.click();
  const video = page.locator("#film video");
  await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.currentTime), { timeout: 60_000 }).toBeGreaterThan(0.5);
  expect(await video.evaluate((v: HTMLVideoElement) => v.error)).toBeNull();
  await page.getByRole("button", { name: "Close the film" }).click();

  const strip = page.getByRole("slider", { name: `Position in the day of ${name}` });
  const before = Number(await strip.getAttribute("aria-valuenow"));
  await strip.press("Shift+ArrowRight");
  await expect(strip).toHaveAttribute("aria-valuenow", String(before + 1));
  await expect(strip).toHaveAttribute("aria-valuetext", /footage/);

  await page.getByText("Save a stretch as a film").click();
  const from = await page.getByLabel("From").inputValue();
  const [h = 0, m = 0, s = 0] = from.split(":").map(Number);
  // A camera that was added just now may have begun within the second shown: three whole seconds after that.
  const at = (seconds: number): string => new Date(Date.UTC(2000, 0, 1, h, m, s) + seconds * 1000).toISOString().slice(11, 19);
  await page.getByLabel("From").fill(at(2));
  await page.getByLabel("To", { exact: true }).fill(at(5));
  await expectGood();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the film" }).click();
  const film = await saving;
  expect(film.suggestedFilename()).toMatch(/^front-.*\.mp4$/);
  await film.saveAs(`${out}/film-${project.name}.mp4`);

  await page.getByText("Save the list").click();
  const listing = page.waitForEvent("download");
  await page.getByRole("button", { name: "As a table (CSV)" }).click();
  await (await listing).saveAs(`${out}/events-${project.name}.csv`);
});

test("R51 a privacy zone is priced, painted, and gone from the picture", async () => {
  await page.goto(`${base}#/camera/${id}/never`);
  const zone = [0.35, 0.55, 0.65, 0.85] as const;
  await expect.poll(() => spread(zone)).toBeGreaterThan(30);
  await stroke([zone[0] - 0.05, zone[1] - 0.05], [zone[2] + 0.05, zone[3] + 0.05]);
  await expect(page.getByText(/Painting (at the hub )?takes about .* % of one core/)).toBeVisible({ timeout: 60_000 });
  await expectGood();
  // What is drawn and not saved is never left behind silently: by a link, or by the browser's own Back.
  await tab("Recording").click();
  await expect(page.getByRole("heading", { name: "This is not saved yet" })).toBeVisible();
  await expectGood();
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "This is not saved yet" })).toBeVisible();
  await page.getByRole("button", { name: "Stay here" }).click();
  await expect(page.getByRole("button", { name: "Remove Privacy zone 1" })).toBeVisible();
  await page.getByRole("button", { name: "Save privacy zones" }).click();
  await expect(page.getByText("Painted by the hub", { exact: true })).toBeVisible({ timeout: 90_000 });
  await expect.poll(() => spread(zone), { timeout: 90_000 }).toBeLessThan(8);
  expect(await spread([0.05, 0.05, 0.25, 0.95])).toBeGreaterThan(30);
});

test("a press on the page rings; not this can be taken back; sound shows the rule first", async () => {
  await page.goto(`${base}#/camera/${id}/bell`);
  await expect(page.getByText(/\/press\//)).toBeVisible();
  await page.getByRole("button", { name: "Press", exact: true }).click();
  await expect(page.getByText("It rang. The event is in the list.")).toBeVisible();
  await expectGood();
  await page.goto(`${base}#/footage/${id}`);
  const rang = page.getByRole("button", { name: /^Show Someone rang/ }).first();
  await expect(rang).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: /^Not this: A person came by/ }).first().click();
  await expect(page.getByText("Noted: this was no event.", { exact: false })).toBeVisible();
  await expectGood();
  await page.getByRole("status").filter({ hasText: "Noted" }).getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Noted: this was no event.", { exact: false })).toHaveCount(0);

  await page.goto(`${base}#/camera/${id}/recording`);
  await page.getByLabel("State").fill("CA");
  await page.getByRole("button", { name: "Show the rule" }).click();
  await expect(page.getByRole("heading", { name: /The rule in/ })).toBeVisible();
  await expectGood();
  await page.getByRole("button", { name: "Leave it off" }).click();
  await expect(page.getByText("Sound is off.")).toBeVisible();
});

test("health says how things are, settings keep secrets, and a camera's removal can be called off", async () => {
  await page.goto(`${base}#/health`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByText("This hub is not connected to a household.", { exact: false }).first()).toBeVisible();
  await expectGood();
  await page.goto(`${base}#/settings`);
  await page.getByLabel("Space for all cameras, in GB").fill("21");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved. It is in effect.")).toBeVisible();
  await expectGood();
  await page.goto(`${base}#/camera/${id}/name`);
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  await expectGood();
  await page.getByRole("button", { name: "Remove it" }).click();
  await page.getByRole("button", { name: "Remove it now" }).click();
  await expect(page.getByRole("heading", { name: "No camera yet" })).toBeVisible();
});
