// Another ordinance tried on a record, as somebody does it who has no account: R42 R43.
import { writeFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { look } from "./looking.ts";
import { heading } from "./visiting.ts";

const out = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const packs = process.env["FANLIGHT_PACKS"] ?? "";
const PAGE = "/record/ordinances/simulate";

const press = (page: Page): Promise<void> => page.getByRole("button", { name: "Decide everything again" }).click();
const status = (page: Page, words: string | RegExp) => expect(page.getByRole("status").filter({ hasText: words }).first()).toBeVisible();

/** Keeps the file that the page hands out, and the command that it says writes the same. */
async function keep(page: Page, name: string): Promise<void> {
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save every decision (CSV)" }).click();
  await (await coming).saveAs(`${out}/${name}.csv`);
  await writeFile(`${out}/${name}.txt`, await page.getByText("fanlight simulate --log").innerText());
}

test("R43 another town's ordinance is tried from the front of the record, by keyboard, and each row leads to its entry", async ({ page }) => {
  await page.goto("/record/");
  await page.getByRole("link", { name: "What would another ordinance have decided?" }).click();
  await expect(heading(page, "Try another ordinance on this record")).toBeVisible();
  await page.getByLabel("The ordinance to try").focus();
  await page.keyboard.type("Oakland");
  await page.getByLabel("Compared with").selectOption("");
  await page.getByRole("button", { name: "Decide everything again" }).focus();
  await page.keyboard.press("Enter");
  await status(page, /^Done: all \d+ entries were read and checked/);
  await expect(heading(page, /would come out otherwise$/)).toBeVisible();
  await expect(heading(page, "Month by month")).toBeVisible();
  await look(page, "simulate");
  await page.getByRole("button", { name: /^All \(/ }).press("Enter");
  const row = page.getByRole("row").filter({ hasText: "Entry" }).nth(1);
  const link = row.getByRole("link");
  const words = await link.innerText();
  await keep(page, "all");
  await link.click();
  await expect(heading(page, words)).toBeVisible();
});

test("R43 a pack of one's own is tried on a part of the record, and stays on the device", async ({ page }) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}${new URL(request.url()).search}`));
  await page.goto(PAGE);
  await page.getByLabel("The ordinance to try").selectOption("own");
  await press(page);
  await expect(page.getByText("Choose the pack's file first.")).toBeVisible();
  await page.getByLabel("Your pack").setInputFiles({ name: "broken.json", mimeType: "application/json", buffer: Buffer.from('{"v":1}') });
  await press(page);
  await expect(page.getByRole("alert").filter({ hasText: "This pack cannot be used: it has not the form of a pack." })).toBeVisible();
  await look(page, "simulate");
  await page.getByLabel("Your pack").setInputFiles(["pack.json", "ordinance.cedar", "schema.cedarschema"].map((name) => `${packs}/ccops-model/${name}`));
  await page.getByText("Only a part of the record").click();
  await page.getByLabel("From the day").fill("2031-01-02");
  await page.getByLabel("To the day, which counts").fill("2031-01-01");
  await press(page);
  await expect(page.getByText("The last day lies before the first.")).toBeVisible();
  await page.getByLabel("To the day, which counts").fill("2031-01-03");
  await press(page);
  await expect(heading(page, "Nothing to decide again")).toBeVisible();
  await page.getByLabel("From the day").fill("2020-01-01");
  await page.getByLabel("Agency").selectOption({ index: 1 });
  await page.getByLabel("The ordinance to try").selectOption({ index: 0 });
  await press(page);
  await expect(heading(page, /come out otherwise/)).toBeVisible();
  await keep(page, "part");
  const elsewhere = sent.filter((one) => !/^GET \/(record\/ordinances\/(simulate|packs\.json)|static\/oversight\/[^?]*|log\/[^?]*)$/.test(one));
  expect(elsewhere).toEqual([]);
});

test("R42 nothing is told of a record that lacks a file or does not hold, and a run can be cancelled", async ({ page }) => {
  await page.goto(PAGE);
  await page.route("**/log/tile/entries/**", (route) => route.fulfill({ status: 404 }));
  await press(page);
  await expect(page.getByRole("alert").filter({ hasText: "Not all of the record could be fetched" })).toBeVisible();
  await page.unrouteAll();
  await page.route("**/log/tile/entries/**", async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[40] = (body[40] ?? 0) ^ 1;
    await route.fulfill({ response: answer, body });
  });
  await press(page);
  await expect(page.getByRole("alert").filter({ hasText: "This record does not hold" })).toBeVisible();
  await expect(page.locator("#outcome")).toBeEmpty();
  await page.unrouteAll();
  await page.route("**/log/tile/entries/**", () => undefined); // never answered
  await press(page);
  await page.getByRole("button", { name: "Cancel" }).press("Enter");
  await status(page, "Cancelled. Nothing was kept.");
  await expect(page.getByRole("button", { name: "Decide everything again" })).toBeFocused();
});
