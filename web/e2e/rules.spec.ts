// Changes to an ordinance are tried in a browser, and stay there: R43.
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Page } from "@playwright/test";

const out = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const verdict = (page: Page) => page.getByRole("region", { name: "Is it sound?" });
const part = (page: Page, name: string | RegExp) => page.getByRole("region", { name });
const SOUND = /It is a sound pack: \d+ clauses/;

/** On a desk and on a phone, in light and in dark; nothing serious by axe in a part of the page, which is large. */
async function look(page: Page, within: string): Promise<void> {
  const first = page.viewportSize();
  for (const [width, colorScheme] of [[1280, "light"], [390, "dark"], [320, "light"]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `pixels beside a screen of ${width}`).toBeLessThanOrEqual(0);
    if (width === 320) continue;
    const { violations } = await new AxeBuilder({ page }).include(within).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
  }
  if (first) await page.setViewportSize(first);
  await page.emulateMedia({ colorScheme: "light" });
}

test("R43 a town's ordinance is changed, proved and handed out, and nothing of it leaves the browser", async ({ page }) => {
  const sent: string[] = [];
  const broken: string[] = [];
  page.on("request", (request) => {
    if (request.method() !== "GET" || request.postData() !== null || !request.url().startsWith("http://localhost")) sent.push(request.url());
  });
  page.on("pageerror", (error) => broken.push(error.message));

  await test.step("from the ordinance's own page", async () => {
    // A town that has just begun has published nothing yet.
    await expect(async () => {
      await page.goto("/record/ordinances");
      await expect(page.getByRole("link", { name: "Fanlight model ordinance" })).toBeVisible({ timeout: 20_000 });
    }).toPass({ timeout: 300_000 });
    await page.getByRole("link", { name: "Fanlight model ordinance" }).click();
    await page.getByRole("link", { name: "Try changes" }).click();
    await expect(verdict(page)).toContainText(SOUND);
    await expect(verdict(page)).toContainText("Every text it cites was read.");
    await expect(part(page, "What differs from “Fanlight model ordinance”")).toContainText("Nothing. The two say the same.");
  });

  await test.step("a figure in a plain field; the tests notice, and one says what is meant", async () => {
    await page.getByRole("button", { name: "Change clause agreement.ends" }).click();
    await page.getByLabel("Term: less than (days)").fill("400");
    await expect(page.getByLabel("Cedar text of agreement.ends")).toHaveValue(/term_days < 400/);
    await expect(verdict(page)).toContainText("it contradicts itself on agreement.renew");
    await page.getByLabel("Term: less than (days)").fill("365");
    await expect(verdict(page)).toContainText("1 test comes out otherwise than written");
    await expect(verdict(page)).toContainText("Read them again: agreement.ends");
    const tests = part(page, "Tests that come out otherwise");
    await expect(tests).toContainText("refused by agreement.ends");
    await look(page, "main");
    await tests.getByRole("button", { name: "This is what I mean: an agreement of one day" }).click();
    await expect(verdict(page)).toContainText(SOUND);
    await page.getByLabel("What it asks, in words").fill("It runs for a year at least, and for two at most.");
    await expect(verdict(page)).not.toContainText("Read them again");
  });

  await test.step("the Cedar text by keyboard: what is wrong is said at once, and Tab goes on", async () => {
    const text = page.getByLabel("Cedar text of agreement.ends");
    const right = await text.inputValue();
    await text.fill(right.replace("forbid (", "forbad ("));
    await expect(verdict(page)).toContainText("its Cedar text does not parse");
    await expect(text).toHaveAttribute("aria-invalid", "true");
    await text.press("Tab");
    await expect(text).not.toBeFocused();
    await page.keyboard.press("Shift+Tab");
    await expect(text).toBeFocused();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(text).toHaveValue(right);
    await expect(verdict(page)).toContainText(SOUND);
    await page.getByRole("button", { name: "Redo" }).click();
    await expect(verdict(page)).toContainText("its Cedar text does not parse");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(verdict(page)).toContainText(SOUND);
    await page.getByRole("button", { name: "Done with clause agreement.ends" }).click();
  });

  await test.step("a clause is added: it must say what it means, be cited, and be tested", async () => {
    await page.getByRole("button", { name: "Add a clause" }).click();
    await expect(verdict(page)).toContainText("it has not the form of a pack");
    await expect(verdict(page)).toContainText("new.clause-1 cites 0 law: 1 to 1,000 characters");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(verdict(page)).toContainText(SOUND);
  });

  await test.step("a clause is switched off, and on again", async () => {
    await page.getByRole("switch", { name: "Clause clause.quota counts" }).click();
    await expect(verdict(page)).toContainText("out otherwise than written");
    await expect(part(page, /^What differs from/)).toContainText("Gone: 7.2 clause.quota");
    await page.getByRole("switch", { name: "Clause clause.quota counts" }).click();
    await expect(verdict(page)).toContainText(SOUND);
  });

  await test.step("it is still here after the page was left", async () => {
    await page.reload();
    await expect(verdict(page)).toContainText(SOUND);
    const differs = part(page, /^What differs from/);
    await expect(differs).toContainText("Changed: 1.5 agreement.ends (Cedar text, words)");
    await expect(differs).toContainText("context.term_days < 1 ");
    await expect(differs).toContainText("context.term_days < 365");
    await expect(page.getByRole("button", { name: "Undo" })).not.toHaveAttribute("aria-disabled", "true");
  });

  await test.step("past decisions are made again, on this device", async () => {
    const past = part(page, "Which past decisions would change");
    await past.getByRole("button", { name: "Make past decisions again" }).click();
    await expect(past).toContainText("1 of 1 past decision would change.");
    await expect(past.getByRole("row").filter({ hasText: "agreement.ends" })).toContainText("accepted");
    await expect(past).toContainText("entries hold.");
    await look(page, "section[aria-labelledby=past]");
    const download = page.waitForEvent("download");
    await past.getByRole("button", { name: "Save all as CSV" }).click();
    expect((await download).suggestedFilename()).toBe("fanlight-model-ordinance-decisions.csv");
  });

  await test.step("as a file and as a zip, for whoever it goes to", async () => {
    await expect(part(page, "How it goes on")).toContainText("Nothing here brings an ordinance into force.");
    for (const [name, file] of [["Save the pack file", "tried.pack.json"], ["Save as a folder (zip)", "tried.zip"]] as const) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name }).click();
      await (await download).saveAs(`${out}/${file}`);
    }
  });

  await test.step("a file that is no pack says why; the zip opens as it was saved", async () => {
    await page.getByRole("button", { name: "Begin from another" }).click();
    await expect(page.getByRole("heading", { name: "You have a draft in this browser" })).toBeVisible();
    await page.getByLabel("Choose a file").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{") });
    await expect(page.getByText("The file could not be opened: it is no JSON.")).toBeVisible();
    await look(page, "main");
    await page.getByLabel("Choose a file").setInputFiles(`${out}/tried.zip`);
    await expect(verdict(page)).toContainText(SOUND);
    await expect(page.getByText("It runs for a year at least, and for two at most.").first()).toBeVisible();
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await page.getByRole("button", { name: "Discard the draft" }).last().click();
    await expect(page.getByRole("heading", { name: "You have a draft in this browser" })).toHaveCount(0);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  await test.step("a model of which not all was read can be tried, and not be in force", async () => {
    await page.getByRole("button", { name: "Oakland Municipal Code 9.64" }).click();
    await expect(verdict(page)).toContainText("Cites a text nobody has read");
  });
  expect(sent).toEqual([]);
  expect(broken).toEqual([]);
});
