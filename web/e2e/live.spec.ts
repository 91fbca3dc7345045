// Two members of a household watch the same camera, see each other watching, fetch what was recorded, and talk: R01 R03 R52.
import { readFileSync } from "node:fs";
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const second = process.env["FANLIGHT_SECOND"] ?? ""; // the second member's own link
const fallback = process.env["FANLIGHT_NO_WEBCODECS"] === "1";
let contexts: BrowserContext[] = [];
let maya: Page;
let sam: Page;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  const make = () => browser.newContext({ baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce", permissions: ["microphone"], acceptDownloads: true });
  contexts = [await make(), await make()];
});
test.afterAll(() => Promise.all(contexts.map((context) => context.close())));

/** What the picture is like now, as a short text. */
const look = (picture: Locator): Promise<string> =>
  picture.evaluate((element) => {
    const canvas = new OffscreenCanvas(32, 18);
    const pen = canvas.getContext("2d");
    if (!pen) return "";
    pen.drawImage(element as HTMLCanvasElement | HTMLVideoElement, 0, 0, 32, 18);
    return pen.getImageData(0, 0, 32, 18).data.join();
  });

async function expectToMove(picture: Locator): Promise<void> {
  await expect(picture).toHaveClass(/shown/);
  const before = await look(picture);
  await expect.poll(() => look(picture)).not.toBe(before);
}
const pictureOf = (page: Page): Locator => page.getByLabel(/as it is now$/);
const watching = (page: Page): Locator => page.getByRole("region", { name: "Watching now" });

test("R01 R03 a member sees the camera as it is now", async ({}, { project }) => {
  const [context] = contexts as [BrowserContext];
  // As a browser whose video elements take no decoded pictures: it draws them on a canvas.
  if (fallback) await context.addInitScript(() => Reflect.deleteProperty(globalThis, "MediaStreamTrackGenerator"));
  maya = await be(context, project.use.baseURL ?? "", "resident");
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await expect(maya.getByRole("heading", { name: "Live", level: 1 })).toBeVisible();
  await expectToMove(pictureOf(maya));
  expect(await pictureOf(maya).evaluate((element) => element.localName)).toBe(fallback ? "canvas" : "video");
  await expect(maya.getByText(/s behind|now and then/)).toBeVisible();
  await expectAccessible(maya);
});

test("R52 a second member watches at once, and each is told of the other", async () => {
  const context = contexts[1] as BrowserContext;
  if (fallback) await context.addInitScript(() => Reflect.deleteProperty(globalThis, "VideoDecoder"));
  sam = await context.newPage();
  await sam.goto(second);
  await sam.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await expectToMove(pictureOf(sam));
  await expectToMove(pictureOf(maya));
  await expect(watching(maya)).toContainText(/Sam watches .+ since/);
  await expect(watching(maya)).toContainText(/You watch .+ since/);
  await expect(watching(sam)).toContainText(/Maya Brooks watches .+ since/);
  await expectAccessible(sam);
});

test("R52 the house is told on every page, and that it is over", async () => {
  await maya.getByRole("link", { name: "House" }).first().click();
  await expect(maya.getByRole("link", { name: /Live.*1 watching/ })).toBeVisible({ timeout: 60_000 });
  await sam.goto("about:blank");
  await expect(maya.getByRole("link", { name: /Live.*1 watching/ })).toHaveCount(0, { timeout: 60_000 });
});

test("R01 what was recorded comes from the hub, plays and is saved", async () => {
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await maya.getByRole("link", { name: /^Open / }).first().click();
  await expectToMove(pictureOf(maya));
  const still = maya.waitForEvent("download");
  await maya.getByRole("button", { name: "Save a picture" }).click();
  const png = readFileSync(await (await still).path());
  expect(["768 x 432", "320 x 180"]).toContain(`${png.readUInt32BE(16)} x ${png.readUInt32BE(20)}`); // the camera's own sizes
  // The town is young: ask for what it has.
  const recent = await maya.evaluate(() => new Date(Date.now() - 40_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19));
  await maya.getByLabel("From").fill(recent);
  await maya.getByRole("button", { name: "Show", exact: true }).click();
  const film = maya.getByLabel(/^Recording of /);
  await expect(maya.getByText(/Here from/)).toBeVisible();
  await film.evaluate((video: HTMLVideoElement) => void video.play());
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.buffered.length > 0 && video.currentTime > video.buffered.start(0) + 0.3)).toBe(true);
  await expect(maya.getByRole("button", { name: "Save what is here" })).toBeVisible({ timeout: 60_000 });
  const saved = maya.waitForEvent("download");
  await maya.getByRole("button", { name: "Save what is here" }).click();
  const out = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
  await (await saved).saveAs(`${out}/footage-${test.info().project.name}.mp4`);
  await expectAccessible(maya);
});

test("talking through a camera that takes no sound is said plainly, by mouse and by keyboard", async () => {
  const talk = maya.getByRole("button", { name: /Hold to talk/ });
  await talk.focus();
  await maya.keyboard.down(" ");
  await expect(maya.getByText("This camera takes no sound.", { exact: false })).toBeVisible();
  await maya.keyboard.up(" ");
  await expect(talk).toHaveAttribute("aria-pressed", "false");
});
