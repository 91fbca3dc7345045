// `fanlight app` by hand: R05. A device that is in shows a code; the app on this machine comes in with a passkey of its own.
import { expect, test } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";
import { somebody } from "./passkeys.ts";

test("R05 the app on one's own machine is let in by a code, plays a clip, and signs in by itself", async ({ browser }, { project }) => {
  const { baseURL = "", viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  const own = process.env["FANLIGHT_APP"] ?? "";
  const options = { viewport, colorScheme, locale, timezoneId, hasTouch, isMobile };
  const context = await browser.newContext({ ...options, baseURL, reducedMotion: "reduce" });
  const device = await be(context, baseURL, "resident");
  await device.goto("/home#/devices");
  await device.getByRole("button", { name: "Show the code" }).click();
  const code = (await device.locator("pre").textContent()) ?? "";
  expect(code).toMatch(/^fanlight-device:1:/);

  const { page, broken, context: mine } = await somebody(browser, { ...options, baseURL: own });
  const elsewhere: string[] = [];
  page.on("request", (one) => one.url().startsWith(own) || one.url().startsWith("blob:") || one.url().startsWith("data:") || elsewhere.push(one.url()));
  await page.goto("/home");
  await expect(page.getByText("This program is on your own computer.", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "Use a code of that device" }).click();
  await expect(page.getByRole("heading", { name: "Let this device in" })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("The line below the code").fill("something else");
  await page.getByRole("button", { name: "Let this device in" }).click();
  await expect(page.getByText("This is no such code.", { exact: false })).toBeVisible();
  await page.getByLabel("The line below the code").fill(code);
  await page.getByRole("button", { name: "Let this device in" }).click();
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();

  const first = page.getByRole("link", { name: /A person came by/ }).first();
  await expect(first).toBeVisible();
  // What is pressed while the clip is still being opened counts: it plays once it is there.
  let release = (): void => undefined;
  const pressed = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/v1/clips/*/hdr", async (route) => {
    await pressed;
    await route.continue();
  });
  await first.click();
  const video = page.getByRole("region", { name: /^Video: / });
  await video.getByRole("button", { name: "Play", exact: true }).click();
  await expect(video.getByRole("button", { name: "Pause", exact: true })).toBeVisible();
  release();
  await expect.poll(() => video.locator("video").evaluate((media: HTMLVideoElement) => media.currentTime)).toBeGreaterThan(0);

  await page.evaluate(() => sessionStorage.clear());
  await page.goto("/home");
  await page.reload();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
  expect(broken).toEqual([]);
  expect(elsewhere).toEqual([]);
  await mine.close();
  await context.close();
});
