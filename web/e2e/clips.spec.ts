// What a resident does with a clip: R01 R03. Once with a mouse, once with the keyboard alone; the garden's camera saw what
// the door's did, so that one moment has two films.
import { readFile } from "node:fs/promises";
import { expect, test, type Download, type Locator, type Page } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial", timeout: 400_000 });

const NOTE = "The grey van again";
const VAN = /A vehicle/;

const media = (page: Page): Locator => page.getByRole("region", { name: /^Video: / }).locator("video");
const at = (video: Locator): Promise<number> => video.evaluate((v: HTMLVideoElement) => v.currentTime);
const paused = (video: Locator): Promise<boolean> => video.evaluate((v: HTMLVideoElement) => v.paused);
const rate = (video: Locator): Promise<number> => video.evaluate((v: HTMLVideoElement) => v.playbackRate);

/** The first picture stands. */
async function expectPicture(video: Locator): Promise<void> {
  await expect.poll(() => video.evaluate((v: HTMLVideoElement) => v.readyState)).toBeGreaterThanOrEqual(2);
}
/** One picture on, and one back. */
async function expectSteps(video: Locator, on: () => Promise<void>, back: () => Promise<void>): Promise<void> {
  const before = await at(video);
  await on();
  await expect.poll(() => at(video)).toBeGreaterThan(before);
  const between = await at(video);
  await on();
  await expect.poll(() => at(video)).toBeGreaterThan(between);
  const after = await at(video);
  expect(after - between).toBeLessThan(3); // a camera on a busy machine leaves pictures out; the other key moves by five seconds
  await back();
  await expect.poll(() => at(video)).toBeLessThan(after);
  expect(await paused(video)).toBe(true);
}
async function bytesOf(saving: Download): Promise<Buffer> {
  return readFile(await saving.path());
}
async function expectFile(saving: Promise<Download>, name: RegExp, from: number, magic: string): Promise<void> {
  const file = await saving;
  expect(file.suggestedFilename()).toMatch(name);
  const bytes = await bytesOf(file);
  expect(bytes.subarray(from, from + magic.length).toString("latin1")).toBe(magic);
  expect(bytes.length).toBeGreaterThan(10_000);
}
const expectPng = (saving: Promise<Download>): Promise<void> => expectFile(saving, /^Garden .*\.png$/, 1, "PNG");
const expectFilm = (saving: Promise<Download>): Promise<void> => expectFile(saving, /^Garden .*\.mp4$/, 4, "ftyp");

/** Both films of a moment stand at one place of the clock. */
async function expectInStep(page: Page): Promise<number> {
  const films = media(page);
  await expect(films).toHaveCount(2);
  for (const film of await films.all()) await expectPicture(film);
  const apart = async (): Promise<number> => Math.abs((await at(films.first())) - (await at(films.last())));
  await expect.poll(apart).toBeLessThan(0.1);
  return at(films.first());
}

test("R01 R03 with a mouse: filters, pictures one by one, speed, files, keeping, a note, two cameras on one clock", async ({ context, baseURL }) => {
  const page = await be(context, baseURL ?? "", "resident");
  const van = page.getByRole("link", { name: VAN });
  const persons = page.getByRole("link", { name: /A person came by/ });
  await expect(persons.first()).toBeVisible({ timeout: 150_000 });
  await page.getByRole("button", { name: "Vehicles" }).click();
  await expect(persons).toHaveCount(0);
  await expect(van).toHaveCount(1);
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect(persons.first()).toBeVisible();
  await page.getByRole("button", { name: "Garden" }).click();
  await expect(persons).toHaveCount(0);
  await van.click();

  const video = media(page);
  const player = page.getByRole("region", { name: /^Video: / });
  await expectPicture(video);
  await player.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => at(video)).toBeGreaterThan(0.2);
  await player.getByRole("button", { name: "Pause" }).click();
  await player.getByRole("slider", { name: "Position" }).press("Home");
  await expect.poll(() => at(video)).toBe(0);
  await expectSteps(
    video,
    () => player.getByRole("button", { name: "On one picture" }).click(),
    () => player.getByRole("button", { name: "Back one picture" }).click(),
  );
  await player.getByRole("button", { name: "Speed 1. Change" }).click();
  await expect(player.getByRole("button", { name: "Speed 1.5. Change" })).toBeVisible();
  expect(await rate(video)).toBe(1.5);
  let saving = page.waitForEvent("download");
  await player.getByRole("button", { name: "Save this picture" }).click();
  await expectPng(saving);
  saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download MP4" }).click();
  await expectFilm(saving);

  await page.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(page.getByRole("button", { name: "Kept" })).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Write a note" }).click();
  await page.getByLabel("Your note on this clip").fill(NOTE);
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(page.getByText(NOTE)).toBeVisible();
  await page.reload();
  await expect(page.getByText(NOTE)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: "See it from 1 other camera too" }).click();
  await expectInStep(page);
  const films = media(page);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  for (const film of await films.all()) await expect.poll(() => at(film)).toBeGreaterThan(0.3);
  await page.getByRole("button", { name: /^(Pause|Play)$/ }).click();
  await page.getByRole("slider", { name: "Position" }).press("Home");
  const start = await expectInStep(page);
  await page.getByRole("button", { name: "On one picture" }).click();
  await expect.poll(() => at(films.first())).toBeGreaterThan(start);
  await expectInStep(page);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Today" }).first().click();
  await page.getByRole("button", { name: "Vehicles" }).click();
  await expect(page.getByRole("link", { name: /A vehicle\s*Kept/ })).toBeVisible();
});

/** Goes on with the tabulator until `one` has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, one: Locator): Promise<void> {
  await expect(one).toBeVisible();
  const here = (): Promise<boolean> => one.evaluate((element) => element === document.activeElement);
  for (let step = 0; step < 60 && !(await here()); step += 1) await page.keyboard.press("Tab");
  await expect(one).toBeFocused();
}

test("R01 R03 with the keyboard alone: the same clip is found, played, let go, written on and saved", async ({ context, baseURL }) => {
  const page = await be(context, baseURL ?? "", "resident");
  const { keyboard } = page;
  const persons = page.getByRole("link", { name: /A person came by/ });
  await expect(persons.first()).toBeVisible({ timeout: 150_000 });
  await keyboard.press("4");
  await expect(persons).toHaveCount(0);
  await expect(page.getByRole("link", { name: VAN })).toHaveCount(1);
  await keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keys" })).toHaveCount(0);
  await keyboard.press("j");
  await expect(page.getByRole("link", { name: VAN })).toBeFocused();
  await keyboard.press("Enter");

  const video = media(page);
  await expectPicture(video);
  await keyboard.press(" "); // the page has the focus, and no control of it
  await expect.poll(() => at(video)).toBeGreaterThan(0);
  await keyboard.press(" ");
  await expect.poll(() => paused(video)).toBe(true);
  await tabTo(page, page.getByRole("slider", { name: "Position" }));
  await keyboard.press(" ");
  await expect.poll(() => at(video)).toBeGreaterThan(0.2);
  await keyboard.press(" ");
  await expect.poll(() => paused(video)).toBe(true);
  await keyboard.press("Home");
  await expect.poll(() => at(video)).toBe(0);
  await expectSteps(video, () => keyboard.press("."), () => keyboard.press(","));
  await keyboard.press(">");
  await expect.poll(() => rate(video)).toBe(1.5);
  await keyboard.press("<");
  await expect.poll(() => rate(video)).toBe(1);
  let saving = page.waitForEvent("download");
  await keyboard.press("s");
  await expectPng(saving);
  await tabTo(page, page.getByRole("button", { name: "Download MP4" }));
  saving = page.waitForEvent("download");
  await keyboard.press("Enter");
  await expectFilm(saving);
  await tabTo(page, page.getByRole("button", { name: "Kept" }));
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Keep", exact: true })).toHaveAttribute("aria-pressed", "false");
  await tabTo(page, page.getByRole("button", { name: "Change the note" }));
  await keyboard.press("Enter");
  await expect(page.getByLabel("Your note on this clip")).toBeFocused();
  await keyboard.press("End");
  await keyboard.type(", it waited");
  await tabTo(page, page.getByRole("button", { name: "Save the note" }));
  await keyboard.press("Enter");
  await expect(page.getByText(`${NOTE}, it waited`)).toBeVisible();
  await keyboard.press("Escape");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();

  const van = page.getByRole("link", { name: VAN });
  await expect(van).toHaveCount(1);
  await tabTo(page, van);
  await keyboard.press("Enter");
  await tabTo(page, page.getByRole("link", { name: "See it from 1 other camera too" }));
  await keyboard.press("Enter");
  await expectInStep(page);
  await tabTo(page, page.getByRole("slider", { name: "Position" }));
  await keyboard.press(">");
  await expect(page.getByRole("button", { name: "Speed 1.5. Change" })).toBeVisible();
  await keyboard.press(" ");
  for (const film of await media(page).all()) await expect.poll(() => at(film)).toBeGreaterThan(0.3);
  await keyboard.press("Home");
  await keyboard.press(".");
  await expectInStep(page);
  await keyboard.press("f");
  await expect.poll(() => page.evaluate(() => document.fullscreenElement !== null)).toBe(true);
});
