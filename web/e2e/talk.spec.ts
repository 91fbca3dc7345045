// A wall of cameras; one of them is heard, one plays what is said to it, one goes away; a clip that is opened is told: R01 R03 R52.
import { statSync } from "node:fs";
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const spoken = process.env["FANLIGHT_SPOKEN"] ?? ""; // what arrived at the doorbell
const doorbell = Number(process.env["FANLIGHT_DOORBELL_PID"]);
const fallback = process.env["FANLIGHT_NO_WEBCODECS"] === "1";
const LONG = { timeout: 300_000 }; // how long it takes on a busy machine is nobody's question here: the starter bounds it all
let context: BrowserContext;
let maya: Page;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  context = await browser.newContext({ baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce", permissions: ["microphone"] });
  // What the page sends to the loudspeaker, by either way.
  await context.addInitScript((without) => {
    if (without) for (const name of ["VideoDecoder", "AudioDecoder"]) Reflect.deleteProperty(globalThis, name);
    const heard = { loudest: 0, elements: [] as HTMLMediaElement[] };
    Object.assign(globalThis, { heard });
    const { start } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...when: []) {
      for (const sample of this.buffer?.getChannelData(0) ?? []) heard.loudest = Math.max(heard.loudest, Math.abs(sample));
      start.apply(this, when);
    };
    const { play } = HTMLAudioElement.prototype;
    HTMLAudioElement.prototype.play = function (this: HTMLAudioElement) {
      heard.elements.push(this);
      return play.call(this);
    };
  }, fallback);
});
test.afterAll(() => context.close());

const pictureOf = (camera: string): Locator => maya.getByLabel(`${camera}, as it is now`);
const open = async (camera: string): Promise<void> => {
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await maya.getByRole("link", { name: `Open ${camera}` }).click(LONG);
  await expect(maya.getByRole("heading", { name: camera, level: 1 })).toBeVisible();
};

test("R01 all cameras are on one wall, and each is opened by keyboard", async ({}, { project }) => {
  maya = await be(context, project.use.baseURL ?? "", "resident");
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  for (const camera of ["Porch", "Doorbell"]) await expect(pictureOf(camera)).toHaveClass(/shown/, LONG);
  await expectAccessible(maya);
  const link = maya.getByRole("link", { name: "Open Porch" });
  await link.focus();
  await maya.keyboard.press("Enter");
  await expect(maya.getByRole("heading", { name: "Porch", level: 1 })).toBeVisible();
});

test("R01 R03 a camera is silent until somebody asks for its sound, and then it is heard", async () => {
  await expect(pictureOf("Porch")).toHaveClass(/shown/, LONG);
  const loudest = () => maya.evaluate(() => (globalThis as unknown as { heard: { loudest: number } }).heard.loudest);
  expect(await loudest()).toBe(0);
  const sound = maya.getByRole("button", { name: "Sound", exact: true });
  await expect(sound).toHaveAttribute("aria-pressed", "false");
  await sound.focus();
  await maya.keyboard.press("Enter");
  await expect(sound).toHaveAttribute("aria-pressed", "true");
  if (fallback) {
    const played = () => maya.evaluate(() => Math.max(0, ...(globalThis as unknown as { heard: { elements: HTMLMediaElement[] } }).heard.elements.map((one) => one.currentTime)));
    await expect.poll(played, LONG).toBeGreaterThan(0.5);
  } else {
    await expect.poll(loudest, LONG).toBeGreaterThan(0.02);
  }
  await expectAccessible(maya);
  await sound.click();
  await expect(sound).toHaveAttribute("aria-pressed", "false");
});

test("R01 what is said into the microphone is played by the doorbell", async () => {
  await open("Doorbell");
  await expect(pictureOf("Doorbell")).toHaveClass(/shown/, LONG);
  const talk = maya.getByRole("button", { name: /Hold to talk/ });
  const box = await talk.boundingBox();
  await maya.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
  await maya.mouse.down();
  await expect(maya.getByRole("button", { name: /^Talking/ })).toBeVisible(LONG);
  await expect(maya.getByRole("region", { name: "Watching now" })).toContainText(/You talk through Doorbell since/);
  const arrived = () => statSync(spoken, { throwIfNoEntry: false })?.size ?? 0;
  await expect.poll(arrived, LONG).toBeGreaterThan(8_000 * 4);
  await maya.mouse.up();
  await expect(talk).toHaveAttribute("aria-pressed", "false");
  await expect(maya.getByRole("region", { name: "Watching now" })).not.toContainText("You talk");
});

test("R52 a clip that somebody opens is told to the household", async () => {
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Today" }).click();
  await maya.locator("a.ev").last().click(LONG);
  // The picture's place stands before the clip is opened; who goes away until then opened nothing.
  await expect(maya.getByRole("button", { name: "Download MP4" })).toBeVisible(LONG);
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await expect
    .poll(async () => {
      await maya.reload();
      await maya.getByRole("button", { name: "Who watched or opened clips lately" }).click(LONG);
      await expect(maya.getByRole("heading", { name: "Who watched or opened clips lately" })).toBeVisible(LONG);
      return maya.getByText(/You opened 1 clip of/).count();
    }, LONG)
    .toBe(1);
});

test("a camera that goes away is said to be away, and the others go on", async () => {
  process.kill(doorbell);
  await expect(maya.getByText(/Doorbell has not answered since/)).toBeVisible(LONG);
  await expect(pictureOf("Porch")).toHaveClass(/shown/, LONG);
  await expectAccessible(maya);
});

test("without a network the page says that the hub does not answer, and goes on by itself", async () => {
  await context.setOffline(true);
  await maya.evaluate(() => dispatchEvent(new Event("offline")));
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "House" }).click();
  await maya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Live" }).click();
  await expect(maya.getByText("Your hub does not answer")).toBeVisible(LONG);
  await context.setOffline(false);
  await expect(pictureOf("Porch")).toHaveClass(/shown/, LONG);
  await expect(maya.getByText("Your hub does not answer")).toHaveCount(0);
});
