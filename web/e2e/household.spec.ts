// One household from its first passkey to its recovery, with a real hub and its cameras: R03 R05 R10 R52. One story in order.
// What is left behind (keys that a removed browser kept, a locked copy, instructions) tests/journey/test_household.py holds
// against all that the server has.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { expect, test, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { bringIn, giveArea, keptSeed, makePasskey, trySheet } from "./doing.ts";
import { Hub } from "./hubs.ts";
import { somebody, type Someone } from "./passkeys.ts";
import { expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const OUT = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const AHEAD = process.env["FANLIGHT_AHEAD"] ?? ""; // the file by which the server's clock is put forward
const CAMERAS = JSON.parse(process.env["FANLIGHT_CAMERAS"] ?? "{}") as Record<string, string>; // ids by name
const HOUR_MS = 3_600_000;
const SLOW = { timeout: 180_000 }; // a clip ends some seconds after its event, and is locked and sent; machines are busy

const hub = new Hub(process.env["FANLIGHT_HUB_HOME"] ?? "");
let desk: BrowserContextOptions;
let phone: BrowserContextOptions;
let ana: Someone;
let ben: Someone;
let gil: Someone;
let back: Someone;
let words: string[];
const found: Record<string, unknown> = {};

test.beforeEach(() => test.setTimeout(600_000));
test.beforeAll(({}, { project }) => {
  const { baseURL, locale, timezoneId } = project.use;
  desk = { baseURL, locale, timezoneId, viewport: { width: 1280, height: 900 } };
  phone = { baseURL, locale, timezoneId, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" };
});
test.afterAll(async () => {
  await hub.stop();
  for (const one of [ana, ben, gil, back]) await one?.context.close();
});

const clips = (page: Page): Promise<string[]> =>
  page.locator("a.ev").evaluateAll((links) => links.map((link) => /clip\/([a-z2-7]{26})/.exec(link.getAttribute("href") ?? "")?.[1] ?? ""));

/** Rings, and waits until `page` shows a clip that it did not show before; returns its id. */
async function ringAndSee(page: Page, camera: string): Promise<string> {
  await page.goto("/home#/");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  await expect(page.locator(".cols[aria-busy=false]")).toBeVisible();
  const before = await clips(page);
  const fresh = async (): Promise<string> => (await clips(page)).find((one) => !before.includes(one)) ?? "";
  await hub.ring(CAMERAS[camera] ?? "");
  await expect.poll(fresh, SLOW).not.toBe(""); // not their number: a long list draws only what is near, and an hour's heading takes a place
  return fresh();
}

const look = (picture: Locator): Promise<string> =>
  picture.evaluate((element) => {
    const canvas = new OffscreenCanvas(32, 18);
    const pen = canvas.getContext("2d");
    pen?.drawImage(element as HTMLCanvasElement | HTMLVideoElement, 0, 0, 32, 18);
    return pen?.getImageData(0, 0, 32, 18).data.join() ?? "";
  });
async function expectToMove(page: Page, camera: string): Promise<void> {
  const picture = page.getByLabel(`${camera}, as it is now`);
  await expect(picture).toHaveClass(/shown/, SLOW);
  const before = await look(picture);
  await expect.poll(() => look(picture), SLOW).not.toBe(before);
}

test("R03 R05 an owner signs up with a passkey, prints the sheet, and pairs the hub by scanning its code", async ({ browser }) => {
  ana = await somebody(browser, desk);
  const { page } = ana;
  await page.goto("/home#/begin");
  await makePasskey(page, "Ana Moreno");
  await expect(page.getByRole("heading", { name: "Recovery sheet of your household" })).toBeVisible();
  await expect(page.locator("article svg.qr path")).toBeVisible(); // it is drawn a moment after the words
  await page.pdf({ path: `${OUT}/sheet.pdf`, format: "A4" });
  words = await trySheet(page);
  await giveArea(page);
  await page.getByRole("link", { name: "Add a hub" }).click();
  await expect(page.getByRole("heading", { name: "Add a hub" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Code of the hub").fill("hub-abc");
  await page.getByRole("button", { name: "Let this hub in" }).press("Enter");
  await expect(page.getByText("This is not a code of a hub.", { exact: false })).toBeVisible();

  // On the hub's own page, and a photograph of its screen.
  await hub.start();
  const room = await browser.newContext({ ...desk, reducedMotion: "reduce" });
  const screen = await room.newPage();
  await screen.goto(await hub.page());
  await screen.getByRole("link", { name: "Health" }).click();
  await screen.getByText("Pair with a household").click();
  await screen.getByLabel("Address of the town").fill(desk.baseURL ?? "");
  await screen.getByLabel("Latitude and longitude of the door").fill("37.7983, -122.4078");
  await screen.getByRole("button", { name: "Show the code" }).click();
  const shown = screen.getByRole("img", { name: "Code of this hub" });
  await expect(shown).toBeVisible();
  await expectAccessible(screen);
  const line = (await screen.locator("pre").textContent()) ?? "";
  expect(line.length).toBeLessThanOrEqual(300);
  await page.locator('input[type="file"]').setInputFiles({ name: "screen.png", mimeType: "image/png", buffer: await shown.screenshot() });
  await expect(page.getByText("The hub is let in.", { exact: false })).toBeVisible();
  await expect(screen.getByText("This hub belongs to a household.", { exact: false })).toBeVisible(SLOW);
  await room.close();
  await hub.hurry();
  await page.getByRole("main").getByRole("link", { name: "House" }).click();
  await expect(page.getByText("Your keys match your hub’s")).toBeVisible(SLOW);
  await expect(page.getByRole("list", { name: "Cameras" }).getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page);
  found["ana"] = await keptSeed(page);
});

test("R03 R52 a second person comes in on another browser; both watch, and each is told of the other", async ({ browser }) => {
  await ringAndSee(ana.page, "Front door"); // from before he comes
  ben = await somebody(browser, phone);
  await bringIn(ana.page, ben.page, "Ben");
  for (const { page } of [ana, ben]) {
    await page.goto("/home#/live");
    await expectToMove(page, "Front door");
  }
  await expectToMove(ana.page, "Front door");
  await expect(ana.page.getByRole("region", { name: "Watching now" })).toContainText(/Ben watches Front door since/);
  await expect(ben.page.getByRole("region", { name: "Watching now" })).toContainText(/Ana Moreno watches Front door since/);
  await expectAccessible(ben.page);
  await ana.page.goto("/home#/");
});

test("R03 what is recorded now opens for both", async () => {
  const clip = await ringAndSee(ben.page, "Front door");
  found["before"] = clip;
  await ana.page.goto("/home#/");
  await expect(ana.page.locator(`a.ev[href*="${clip}"]`)).toBeVisible(SLOW);
  await ben.page.locator(`a.ev[href*="${clip}"]`).click();
  await expect(ben.page.getByRole("heading", { name: "Someone rang" })).toBeVisible();
  const film = ben.page.locator("video");
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState), SLOW).toBeGreaterThan(1);
  await ben.page.goto("/home#/");
  await expect(ben.page.getByText("What was recorded before you were let in stays closed to you.", { exact: false })).toBeVisible();
  await expect(ben.page.getByText("that the server does not show", { exact: false })).toHaveCount(0);
  await expect(ana.page.getByText("stays closed to you", { exact: false })).toHaveCount(0);
});

test("R10 a guest sees new pictures of the chosen camera, and nothing after the end", async ({ browser }) => {
  gil = await somebody(browser, desk);
  await bringIn(ana.page, gil.page, "Gil", async (page) => {
    await page.getByRole("radio", { name: /^Guest/ }).check();
    await page.getByRole("checkbox", { name: "All cameras" }).uncheck();
    await page.getByRole("button", { name: "Make the invitation" }).click();
    await expect(page.getByText("Choose at least one camera.")).toBeVisible();
    await page.getByRole("checkbox", { name: "Back door" }).check();
  });
  await expect(gil.page.locator("a.ev")).toHaveCount(0); // nothing from before
  await gil.page.goto("/home#/live");
  await expectToMove(gil.page, "Back door");
  await expect(gil.page.getByLabel("Front door, as it is now")).toHaveCount(0);
  await ringAndSee(ana.page, "Front door");
  const seen = await ringAndSee(gil.page, "Back door");
  await expect(ana.page.locator(`a.ev[href*="${seen}"]`)).toBeVisible(SLOW);
  expect(await clips(gil.page)).toEqual([seen]);
  await expectAccessible(gil.page);

  // An end that is over: a browser whose clock is three days back takes the day before yesterday for one to come.
  const { page } = ana;
  await page.clock.install({ time: new Date(Date.now() - 72 * HOUR_MS) });
  await page.goto("/home#/people");
  await page.getByRole("link", { name: /^Gil/ }).click();
  await page.getByLabel("Until the end of").fill(new Date(Date.now() - 36 * HOUR_MS).toISOString().slice(0, 10));
  await page.getByRole("button", { name: "Save the role" }).click();
  await expect(page.getByText("Saved.", { exact: false })).toBeVisible();
  await page.clock.setSystemTime(new Date());
  await gil.page.goto("/home#/live");
  await expect(gil.page.getByText(/No camera to show|You may not see Back door now/)).toBeVisible(SLOW);
  await ringAndSee(page, "Back door");
  await gil.page.goto("/home#/");
  await expect(gil.page.locator("a.ev")).toHaveCount(1);
  expect(await clips(gil.page)).toEqual([seen]);
  found["gil"] = await keptSeed(gil.page);
});

test("R03 who is removed keeps a key that opens nothing recorded later", async () => {
  const { page } = ana;
  found["ben"] = await keptSeed(ben.page);
  expect(found["ben"]).not.toBeNull();
  await page.goto("/home#/people");
  await page.getByRole("link", { name: /^Ben/ }).click();
  await page.getByRole("button", { name: "Remove Ben" }).click();
  await expect(page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  await ben.page.goto("/home#/live");
  await expect(ben.page.getByRole("heading", { name: "You are in no household here" })).toBeVisible(SLOW);
  await page.goto("/home#/house");
  await expect(page.getByText("Your keys match your hub’s")).toBeVisible(SLOW); // the hub has the new key
  found["after"] = await ringAndSee(page, "Front door");
  expect(await keptSeed(ben.page)).toBe(found["ben"]); // all that this browser has, and had
});

test("R02 R03 a locked copy is taken along, and the page says how it opens with the sheet alone", async () => {
  const { page } = ana;
  await page.goto("/home#/held");
  await page.getByLabel(/^Locked, as the server keeps them/).check();
  await page.getByText("Opening locked clips with the sheet alone").click();
  const steps = await page.locator("details ol li").allTextContents();
  const script = await page.locator("details pre").textContent();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make the file" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  await (await downloading).saveAs(`${OUT}/locked.zip`);
  writeFileSync(`${OUT}/by-hand.json`, JSON.stringify({ steps, script, words }));
});

test("R03 the printed sheet alone, scanned, brings an empty browser back as an owner once a day has passed", async ({ browser }) => {
  // The paper, as a scanner or a phone has it.
  execFileSync("pdftoppm", ["-png", "-r", "150", "-singlefile", `${OUT}/sheet.pdf`, `${OUT}/sheet`]);
  back = await somebody(browser, phone);
  const { page } = back;
  await page.goto("/home#/recover");
  await page.locator('input[type="file"]').setInputFiles(`${OUT}/sheet.png`);
  await makePasskey(page, "Ana again");
  await page.getByRole("button", { name: "Start again with this sheet" }).click();
  await page.getByRole("button", { name: "Open my household" }).click();
  await expect(page.getByRole("heading", { name: "You came back with the recovery sheet" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "See who is of the household" }).click();
  await expect(page.getByRole("link", { name: /^Ana Moreno/ })).toBeVisible();
  await expect(page.getByRole("link", { name: "Invite somebody" })).toHaveCount(0); // and not more

  // Two nights: for the server, for the hub that noted when it first heard of it, and for this browser.
  await expect.poll(() => hub.waits).toBe(true);
  await hub.stop();
  hub.age(49);
  writeFileSync(AHEAD, "49");
  await hub.start();
  await page.clock.install({ time: new Date(Date.now() + 49 * HOUR_MS) });
  await page.reload();
  await expect(page.getByRole("link", { name: "Invite somebody" })).toBeVisible();
  await page.getByRole("link", { name: /^Ana Moreno/ }).click();
  await page.getByRole("button", { name: "Remove Ana Moreno" }).click();
  await expect(page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  await page.clock.setSystemTime(new Date());
  await page.goto("/home#/house");
  await page.reload();
  await expect(page.getByText("Your keys match your hub’s")).toBeVisible(SLOW);
  await page.goto("/home#/");
  await expect(page.locator(`a.ev[href*="${String(found["after"])}"]`)).toBeVisible(SLOW); // what was, too
  found["recovered"] = await ringAndSee(page, "Front door");
  await ana.page.goto("/home#/");
  await ana.page.reload();
  await expect(ana.page.getByRole("heading", { name: "You are in no household here" })).toBeVisible(SLOW);
  found["back"] = await keptSeed(page);
  writeFileSync(`${OUT}/found.json`, JSON.stringify({ ...found, owner: hub.owner }));
  for (const one of [ana, ben, gil, back]) expect(one.broken).toEqual([]);
});

test("R52 a hub is taken out of the household, and told of to everybody", async () => {
  const { page } = back;
  await page.goto("/home#/house");
  await page.getByRole("link", { name: "Add a hub or take one out" }).click();
  await page.getByRole("button", { name: "Take it out: Your hub" }).click();
  await expect(page.getByText("Take your hub out of the household?")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Take it out now" }).click();
  await expect(page.getByText("The hub is taken out.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Take it out: Your hub" })).toHaveCount(0);
  await page.goto("/home#/devices");
  await expect(page.getByText("A hub was taken out")).toBeVisible(SLOW);
});
