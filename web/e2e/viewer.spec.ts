// The page in an evidence package, opened as a file with the network off: R30. tests/custody/test_viewer.py makes the packages.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

const folder = process.env["FANLIGHT_PACKAGES"] ?? "";
const clip = process.env["FANLIGHT_CLIP"] ?? "";
const caseNumber = process.env["FANLIGHT_CASE"] ?? "";

test.beforeEach(async ({ context, page }) => {
  await context.setOffline(true);
  page.on("pageerror", (error) => {
    throw error;
  });
  page.on("request", (request) => expect(request.url()).toMatch(/^(file|blob):/));
});

const open = (page: Page, path: string) => page.goto(pathToFileURL(path).href);
const verdict = (page: Page) => page.getByRole("status");
const failing = (page: Page) => page.locator("tr.fails td:nth-child(2)").allTextContents();

async function plays(page: Page): Promise<void> {
  const video = page.locator("video");
  await expect(video).toHaveCount(1);
  await video.evaluate(async (one: HTMLVideoElement) => {
    one.muted = true;
    await one.play();
  });
  await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.3);
}

test("R30 from the unpacked folder it plays the clip, and finds that the zip and the folder hold", async ({ page }) => {
  await open(page, `${folder}/unpacked/index.html`);
  await expect(page.getByText(caseNumber)).toBeVisible();
  await expect(page.getByText("Nothing here is checked yet")).toBeVisible();
  await plays(page);
  await page.locator("#zip").setInputFiles(`${folder}/sound.zip`);
  await expect(verdict(page)).toHaveText("All 34 checks hold. Not in it: time stamp, C2PA.");
  expect(await failing(page)).toEqual([]);
  await plays(page);
  await expect(page.getByRole("cell", { name: "Det. R. Lindqvist" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "What the household agreed to" })).toBeVisible();
  await expect(page.getByRole("blockquote")).toHaveText(process.env["FANLIGHT_TERMS"] ?? "", { useInnerText: true });
  await page.locator("#folder").setInputFiles(`${folder}/unpacked`);
  await expect(page.getByText("Unpacked: the zip that they came in was not looked at.")).toBeVisible();
  await expect(verdict(page)).toHaveText("All 34 checks hold. Not in it: time stamp, C2PA.");
  await plays(page);
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});

test("R30 a changed byte fails, a file that is none is called so, and keys from elsewhere count", async ({ page }) => {
  await open(page, process.env["FANLIGHT_VIEWER"] ?? ""); // alone, out of any package
  await expect(page.locator("video")).toHaveCount(0);
  await page.locator("#zip").setInputFiles(`${folder}/changed.zip`);
  await expect(verdict(page)).toHaveText("This does not hold. Do not rely on it.");
  const failed = await failing(page);
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.every((name) => name.startsWith("file items/") || name.startsWith(`clip ${clip}`))).toBe(true);
  await page.locator("#zip").setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: Buffer.from("not a zip") });
  await expect(verdict(page)).toContainText("This is not an evidence package");
  await page.getByText("Keys that you have from elsewhere").click();
  await page.getByLabel("The log's key").fill("nonsense");
  await page.locator("#zip").setInputFiles(`${folder}/sound.zip`);
  await expect(verdict(page)).toContainText("cannot be read");
  await page.getByLabel("The log's key").fill("");
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(verdict(page)).toHaveText("All 34 checks hold. Not in it: time stamp, C2PA.");
});

test("R30 a time stamp holds, and another authority's certificate does not vouch for it", async ({ page }) => {
  await open(page, process.env["FANLIGHT_VIEWER"] ?? "");
  await page.locator("#zip").setInputFiles(`${folder}/stamped.zip`);
  await expect(verdict(page)).toHaveText("All 37 checks hold.");
  await expect(page.getByText("Invented Time Clock, as the package names it")).toBeVisible();
  await page.getByText("Keys that you have from elsewhere").click();
  for (const [name, wanted] of [["root.pem", "All 37 checks hold."], ["other.pem", "This does not hold. Do not rely on it."]] as const) {
    await page.getByLabel("Certificates (PEM)").fill(readFileSync(`${folder}/${name}`, "utf8"));
    await page.getByRole("button", { name: "Check again" }).click();
    await expect(verdict(page)).toHaveText(wanted);
  }
  expect(await failing(page)).toEqual(["time stamp"]);
});
