// A photo with a post: faces blurred on the phone, shown one at a time, nothing of where and when; a second browser sees it once the post
// is out. R09 R13. The town and its place of pictures are made by tests/journey/test_neighbors.py, and the photo, a drawn face with a place in it.
import { readFile } from "node:fs/promises";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { choose } from "./people.ts";
import { as, look } from "./days.ts";

const OUT = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const EYE = [275 / 640, 204 / 480] as const;
const CHEEK = [275 / 640, 250 / 480] as const;

/** How much darker an eye is than the cheek below it, 0 to 255, in a photo as the page shows it. */
async function eyes(of: Locator): Promise<number> {
  const src = (await of.getAttribute("src")) ?? "";
  // Another origin's picture taints the page's canvas: what is public is fetched beside it.
  const fetched = src.startsWith("blob:") ? "" : (await (await of.page().request.get(src)).body()).toString("base64");
  return of.evaluate(
    async (one: HTMLImageElement, [eye, cheek, bytes]) => {
      await one.decode();
      const picture = await createImageBitmap(bytes ? new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))]) : one);
      const { width, height } = picture;
      const pen = new OffscreenCanvas(width, height).getContext("2d");
      if (!pen) return Number.NaN;
      pen.drawImage(picture, 0, 0);
      const light = ([x, y]: readonly [number, number]): number => pen.getImageData(Math.round(x * width), Math.round(y * height), 1, 1).data.slice(0, 3).reduce((sum, part) => sum + part, 0) / 3;
      return light(cheek) - light(eye);
    },
    [EYE, CHEEK, fetched] as const,
  );
}

test("R09 R13 a photo is posted from a phone with its face blurred, and a second browser sees it", async ({ page, context, browser, baseURL }) => {
  await context.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  await page.addInitScript(() => {
    // What leaves the browser, noted beside it.
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body?: Parameters<typeof send>[0]): void {
      if (body instanceof Blob) {
        const reader = new FileReader();
        reader.onload = () => sessionStorage.setItem("walk.sent", String(reader.result).split(",")[1] ?? "");
        reader.readAsDataURL(body);
      }
      send.call(this, body);
    };
  });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(as("maya", "home/"));
  await page.getByRole("link", { name: "Neighbours" }).click();
  await page.getByRole("link", { name: "Write a post" }).click();
  await choose(page, "Parcel");
  await page.getByLabel("What was done").fill("Somebody took the parcel from my step and walked off with it.");
  const picture = page.getByRole("img", { name: "Your photo, as it would be sent" });
  const files = page.locator('input[type="file"]');
  await files.setInputFiles({ name: "notes.jpg", mimeType: "image/jpeg", buffer: Buffer.from("no picture") });
  await expect(page.getByText("This is no picture that this browser can open.")).toBeVisible();
  await files.setInputFiles(`${OUT}/../porch.jpg`);
  await expect(page.getByText("One face was found, and is blurred.")).toBeVisible();
  expect(await eyes(picture)).toBeLessThan(60);
  await look(page);
  await page.setViewportSize({ width: 390, height: 844 });
  // shown only by the writer's own act, and blurred again by another
  await page.getByRole("switch", { name: "Blur face 1" }).click();
  await expect(page.getByText("Everybody will see one face.", { exact: false })).toBeVisible();
  await expect.poll(() => eyes(picture)).toBeGreaterThan(100);
  await page.getByRole("switch", { name: "Blur face 1" }).click();
  await expect(page.getByText("Everybody will see one face.", { exact: false })).toHaveCount(0);
  await page.getByRole("button", { name: "Check and preview" }).click();
  await expect(page.getByRole("heading", { name: "This is your post" })).toBeVisible();
  await expect(picture).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByRole("switch", { name: "Blur face 1" })).toBeChecked();
  await page.getByRole("button", { name: "Check and preview" }).click();
  // the place does not answer at first: nothing is lost, and it is sent once
  await page.route("**/v1/media/*", (route) => route.abort());
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  await page.unroute("**/v1/media/*");
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page.getByRole("heading", { name: "Your post is on its way" })).toBeVisible();
  const file = Buffer.from(await page.evaluate(() => sessionStorage.getItem("walk.sent") ?? ""), "base64");
  expect(file.subarray(0, 2).toString("hex")).toBe("ffd8");
  expect((await readFile(`${OUT}/../porch.jpg`)).includes("Exif")).toBe(true);
  expect(file.includes("Exif")).toBe(false);

  // The public list may be a moment old: each looks with a browser of their own, one before it comes out and one after.
  const open = async (): Promise<Page> => (await browser.newContext({ ...(baseURL ? { baseURL } : {}), viewport: { width: 390, height: 844 } })).newPage();
  const early = await open();
  await early.goto("/neighbors");
  await expect(early.getByRole("heading", { name: "Posts and reports" })).toBeVisible();
  await expect(early.getByText("Somebody took the parcel", { exact: false })).toHaveCount(0);
  expect((await fetch(`${process.env["FANLIGHT_AHEAD"]}/out`, { method: "POST" })).ok).toBe(true);
  const other = await open();
  await other.goto("/neighbors");
  await other.getByRole("link", { name: "Somebody took the parcel from my step and walked off with it" }).click();
  const shown = other.getByRole("img", { name: "Photo that the writer chose" });
  await expect.poll(() => shown.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(640);
  expect(await eyes(shown)).toBeLessThan(60);
  await look(other);
  for (const one of [early, other]) await one.context().close();
});
