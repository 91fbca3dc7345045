// What comes of cameras, looked at by whoever lives behind the demo's; and what strangers see of it: R51 R53.
import { expect, test, type BrowserContextOptions, type Locator, type Page } from "@playwright/test";
import { look, picturing } from "./looking.ts";
import { be, card } from "./people.ts";
import { expectOneSheet, fresh, go, heading, optionsOf, resident } from "./visiting.ts";

let options: BrowserContextOptions;
let maya: Page;
test.beforeAll(async ({ browser }, info) => {
  options = optionsOf(info);
  maya = await resident(browser, options);
});
test.afterAll(() => maya.context().close());

test("R51 what the cameras saw: the day, a clip, and a camera as it is now", async () => {
  const first = maya.getByRole("link", { name: /A person came by/ }).first();
  await expect(first).toBeVisible();
  if (picturing) await expect(maya.getByRole("link", { name: /A person came by/ }).nth(6)).toBeVisible();
  await look(maya, "today");
  await maya.getByRole("button", { name: "Days of the month" }).click();
  await expect(maya.locator("#days").getByRole("button", { name: "1 ", exact: false }).first()).toBeVisible();
  await look(maya, "today-days");
  await maya.getByRole("button", { name: "Days of the month" }).click();
  await first.click();
  const video = maya.getByRole("region", { name: /^Video: / });
  await expect(video.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await look(maya, "clip");
  const clip = maya.url().split("#/clip/")[1] ?? "";
  await maya.goto(`/home/#/together/${clip}`);
  await expect(maya.locator("h1")).toBeVisible();
  await look(maya, "together");
  await go(maya, "live", "Live");
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/);
  await look(maya, "live");
  await maya.getByRole("link", { name: /^Open / }).first().click();
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/);
  await look(maya, "camera");
});

test("R51 a copy is made, its link given, opened and listed", async ({ browser }) => {
  await go(maya, "", "Today");
  await maya.getByRole("link", { name: /A person came by/ }).first().click();
  await maya.getByRole("link", { name: "Share a copy" }).click();
  const end = maya.getByRole("slider", { name: "End of the copy" });
  await expect(end).toBeVisible();
  await end.press("Home");
  await look(maya, "share");
  await maya.getByRole("button", { name: "Make the copy" }).click();
  await expect(maya.getByText("The copy, as others will see it")).toBeVisible();
  await look(maya, "share-copy");
  await maya.getByLabel("Name of the copy").fill("A visitor at our door");
  await maya.getByRole("button", { name: "Make the link" }).click();
  await expect(heading(maya, "The link is ready")).toBeVisible();
  await look(maya, "share-link");
  const link = (await maya.locator("pre").first().innerText()).trim();
  const reader = await fresh(browser, options);
  await reader.goto(link);
  await expect(heading(reader, "A visitor at our door")).toBeVisible();
  await look(reader, "link");
  await reader.getByRole("button", { name: "Open the copy" }).click();
  await expect(reader.getByRole("region", { name: /^Video: / })).toBeVisible();
  await look(reader, "link-open");
  await reader.goto("about:blank");
  await reader.goto(link.replace(/#.*\./, `#${"a".repeat(26)}.`));
  await expect(heading(reader, /There is no such link/)).toBeVisible();
  await look(reader, "link-gone");
  await reader.context().close();
  await go(maya, "links", /link/i);
  await expect(maya.getByText("A visitor at our door")).toBeVisible();
  await look(maya, "links");
  await go(maya, "support", /./);
  await look(maya, "support");
  await go(maya, "sign", /./);
  await look(maya, "sign");
  await expectOneSheet(maya, "sign");
});

test("R51 somebody who was in a picture asks, and the household reads it", async ({ browser }) => {
  const page = await fresh(browser, options);
  await page.goto("/ask");
  await expect(page.getByLabel("Street", { exact: true })).toBeVisible();
  await look(page, "ask");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Say where it was", { exact: false })).toBeVisible();
  await look(page, "ask-missing");
  await page.getByRole("button", { name: "Use where I am now" }).click();
  await expect(page.getByText("Where this device is now.")).toBeVisible();
  const local = await page.evaluate(() => new Date(Date.now() - 3 * 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16));
  await page.getByLabel("From").fill(local);
  await page.getByLabel("How would they know you in the picture?").fill("A red coat and a yellow bag");
  await page.getByLabel("Please blur me in anything you share").check();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(heading(page, "Sent")).toBeVisible();
  await look(page, "ask-sent");
  await page.context().close();
  await expect(async () => {
    await go(maya, "wishes", /./);
    await maya.reload();
    await expect(maya.getByText("A red coat and a yellow bag")).toBeVisible({ timeout: 20_000 });
  }).toPass({ timeout: 600_000 });
  if (picturing) await expect(maya.getByText("A clip that is not on this device yet")).toHaveCount(0);
  await look(maya, "wishes");
});

test("R51 R22 a request is read before it is answered", async ({ browser }) => {
  const context = await browser.newContext(options);
  const officer = await be(context, options.baseURL ?? "", "officer");
  await officer.goto("/agency/#/new");
  await officer.getByRole("button", { name: "Fill in the demo town's example" }).click();
  await officer.getByLabel("Case number").fill(`LOOK-${Date.now().toString(36).toUpperCase()}`);
  await officer.getByRole("button", { name: "Send to a supervisor" }).click();
  await expect(officer.getByText("It waits for a second person", { exact: false })).toBeVisible();
  await officer.goto("/agency/#/");
  await officer.getByRole("link", { name: /LOOK-/ }).first().click();
  await expect(officer.getByText("You asked for this yourself")).toBeVisible();
  const request = officer.url().split("/").pop() ?? "";
  const supervisor = await be(context, options.baseURL ?? "", "supervisor");
  await supervisor.goto(`/agency/#/case/${request}`);
  await supervisor.getByRole("button", { name: "Sign as second person" }).click();
  await expect(supervisor.getByText("Signed. The request is open to residents.")).toBeVisible();
  await expect(supervisor.getByRole("list", { name: "Who can open this case" }).getByRole("listitem")).toHaveCount(3);
  const notes = supervisor.getByRole("region", { name: "Notes" });
  await notes.getByRole("textbox", { name: "Note" }).fill("The neighbour at the corner saw a van.");
  await notes.getByRole("button", { name: "Write the note" }).click();
  await expect(supervisor.getByRole("list", { name: "Custody" }).getByText("Note written")).toBeVisible();
  await look(supervisor, "agency-case");
  await context.close();
  await go(maya, "requests", "Requests");
  const asked = maya.locator(`a[href$="${request}"]`);
  await expect(asked).toBeVisible();
  await look(maya, "requests");
  await asked.click();
  await expect(maya.getByText("Decided again on this device", { exact: false })).toBeVisible();
  await look(maya, "request");
});

test("R51 the hub's own page", async ({ browser }) => {
  const page = await fresh(browser, options);
  await page.goto(card(options.baseURL ?? "", "hub"));
  await expect(heading(page, "Cameras")).toBeVisible();
  await look(page, "hub");
  const camera = (await page.getByRole("link", { name: /Front door/ }).first().getAttribute("href")) ?? "";
  for (const [name, place] of [
    ["hub-add", "#/add"],
    ["hub-camera", camera],
    ["hub-counts", `${camera}/counts`],
    ["hub-never", `${camera}/never`],
    ["hub-footage", "#/footage"],
    ["hub-health", "#/health"],
    ["hub-settings", "#/settings"],
    ["hub-lost", "#/nowhere"],
  ] as const) {
    await page.evaluate((to) => void (location.hash = to), place);
    await expect(page).toHaveURL((url) => url.hash === place);
    await expect(page.locator("h1")).toBeVisible();
    await expect(page.getByText("Looking on your network")).toHaveCount(0);
    await look(page, name);
  }
  const address = new URL("/", page.url()).href;
  await page.context().close();
  const stranger = await fresh(browser, options);
  await stranger.goto(address);
  await expect(heading(stranger, "This tab has no key to your hub")).toBeVisible();
  await look(stranger, "hub-key");
  await stranger.context().close();
});

/** Tab by tab to `target`; whatever is passed on the way shows that it has the focus. */
async function reach(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const ring = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
      return { name: one.getAttribute("aria-label") ?? one.textContent?.trim() ?? "", ring: ring || one === document.body };
    });
    expect(at.ring, `what is focused shows it: ${at.name}`).toBe(true);
    if (await target.evaluateAll((all) => all.includes(document.activeElement as HTMLElement))) return;
  }
  throw new Error(`No way by Tab to ${String(target)}.`);
}

test("R51 a clip is found, played, taken along, kept and written on, and a camera is watched, without a mouse", async () => {
  const visit = maya.getByRole("link", { name: /A person came by/ });
  const button = (name: string | RegExp): Locator => maya.getByRole("button", { name, exact: true });
  await go(maya, "", "Today");
  await maya.reload();
  await expect(visit.first()).toBeVisible();
  await maya.keyboard.press("Tab");
  await expect(maya.locator(":focus")).toHaveAttribute("href", "#main");
  await reach(maya, visit);
  await maya.keyboard.press("Enter");
  await expect(maya).toHaveURL(/#\/clip\//);
  await expect(button("Keep")).toBeVisible();
  await reach(maya, button("Play"));
  await maya.keyboard.press("Enter");
  await expect(button("Pause")).toBeFocused();
  await maya.keyboard.press("Enter");
  await expect(button("Play")).toBeFocused();
  await reach(maya, button("Download MP4"));
  const taken = maya.waitForEvent("download");
  await maya.keyboard.press("Enter");
  expect((await taken).suggestedFilename()).toMatch(/\.mp4$/);
  await reach(maya, button("Keep"));
  await maya.keyboard.press("Enter");
  await expect(button("Kept")).toHaveAttribute("aria-pressed", "true");
  await reach(maya, button("Write a note"));
  await maya.keyboard.press("Enter");
  await expect(maya.getByLabel("Your note on this clip")).toBeFocused();
  await maya.keyboard.type("The parcel was for next door.");
  await reach(maya, button("Save the note"));
  await maya.keyboard.press("Enter");
  await expect(button("Change the note")).toBeVisible();
  await expect(maya.getByText("The parcel was for next door.")).toBeVisible();

  await maya.reload();
  await expect(button("Kept")).toBeVisible();
  await reach(maya, maya.getByRole("link", { name: "Live" }));
  await maya.keyboard.press("Enter");
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/);
  await reach(maya, maya.getByRole("link", { name: /^Open / }));
  await maya.keyboard.press("Enter");
  await expect(button("Save a picture")).toBeVisible(); // the wall that it came from shows the camera as well
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/);
  const picture = maya.waitForEvent("download");
  await reach(maya, button("Save a picture"));
  await maya.keyboard.press("Enter");
  expect((await picture).suggestedFilename()).toMatch(/\.png$/);
});
