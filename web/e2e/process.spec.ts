// Legal process by hand, from an agency's desk over counsel to the household: R22.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { somebody } from "./passkeys.ts";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const DOCKET = `INV-${Date.now().toString(36)}`;
const OBJECTION = `We were away that week, ${DOCKET}.`;
let context: BrowserContext;
let base: string;
let account = "";

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  base = baseURL ?? "";
  context = await browser.newContext({ baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion: "reduce", acceptDownloads: true });
});
test.afterAll(async () => context.close());

/** One empty page, with the table of places that a PDF ends in. */
function pdf(): Buffer {
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"];
  let text = "%PDF-1.4\n";
  const places = objects.map((one, n) => {
    const place = text.length;
    text += `${n + 1} 0 obj\n${one}\nendobj\n`;
    return place;
  });
  const table = text.length;
  text += `xref\n0 4\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("")}`;
  return Buffer.from(`${text}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`, "latin1");
}
const card = (page: Page) => page.getByRole("article").filter({ hasText: DOCKET });
/** A day in UTC, so many from now. */
const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

test("R22 a household finds its account number, and that nothing was served", async () => {
  const home = await be(context, base, "resident");
  await home.goto("/home/#/house");
  account = (await home.locator("[data-account]").textContent()) ?? "";
  expect(account).toMatch(/^[a-z2-7]{26}$/);
  await home.close();
});

test("R22 a person of the agency hands in a warrant and reads what was found", async () => {
  const officer = await be(context, base, "officer");
  await officer.goto("/agency/#/process");
  await expect(officer.getByRole("heading", { name: "Hand in a document" })).toBeVisible();
  await officer.getByLabel("The document, a plain PDF").setInputFiles({ name: "warrant.pdf", mimeType: "application/pdf", buffer: Buffer.from("PK\u0003\u0004") });
  await officer.getByLabel("Issuing court").fill("Superior Court (invented)");
  await officer.getByLabel("Docket number").fill(DOCKET);
  await officer.getByLabel("Signed by").fill("Judge R. Example");
  await officer.getByLabel("Account numbers").fill(account);
  await officer.getByLabel("Issued on").fill(day(-1));
  await officer.getByLabel("To be returned by").fill(day(7));
  await officer.getByLabel("First day").fill(day(-3));
  await officer.getByLabel("Last day").fill(day(-1));
  await officer.getByLabel("How it came to you").fill("By me, as the officer of record.");
  await officer.getByRole("button", { name: "Hand it in" }).click();
  await expect(officer.getByText("This document cannot be taken", { exact: false })).toBeVisible();
  await officer.getByLabel("The document, a plain PDF").setInputFiles({ name: "warrant.pdf", mimeType: "application/pdf", buffer: pdf() });
  await officer.getByRole("button", { name: "Hand it in" }).click();
  await expect(card(officer).getByText("Waits for counsel")).toBeVisible();
  await card(officer).getByText("What was found").click();
  await expect(card(officer).getByText("Holds")).toHaveCount(10);
  await expectAccessible(officer);
  await officer.close();
});

test("R22 counsel accepts it and makes the packet; no page opens footage", async ({}, { outputDir }) => {
  const counsel = await be(context, base, "counsel");
  await expect(card(counsel)).toBeVisible();
  await card(counsel).getByRole("radio", { name: "Accept" }).check();
  await card(counsel).getByLabel("Reason").fill("Its form holds; one account, three days.");
  await expectAccessible(counsel);
  await card(counsel).getByRole("button", { name: "Accept" }).click();
  const packed = counsel.waitForEvent("download");
  await card(counsel).getByRole("button", { name: "Make the packet" }).click();
  expect((await packed).suggestedFilename()).toMatch(/-packet\.json$/);
  await expect(card(counsel).getByText("One packet was made.")).toBeVisible();
  await expect(card(counsel).getByText("Notice to the household")).toBeVisible();
  await card(counsel).getByRole("button", { name: "What exists, to print" }).click();
  await expect(counsel.getByRole("heading", { name: "What exists at the operator" })).toBeVisible();
  await expect(counsel.getByRole("heading", { name: account })).toBeVisible();
  await expectAccessible(counsel);
  await counsel.screenshot({ path: `${outputDir}/packet.png`, fullPage: true });
  await counsel.emulateMedia({ media: "print" });
  await expect(counsel.getByRole("button", { name: "Print", exact: true })).toBeHidden();
  await counsel.emulateMedia({ media: "screen" });
  await counsel.getByRole("button", { name: "Back to the documents" }).click();
  await expect(card(counsel)).toBeVisible();
  await counsel.screenshot({ path: `${outputDir}/queue.png` });
  await counsel.getByText("What exists of a household", { exact: true }).click();
  await expect(counsel.getByText("manifest_sha256", { exact: false }).first()).toBeVisible();
  await expectAccessible(counsel);
  await counsel.close();
});

test("R22 the operator invites counsel, who decides with a key of their own and is ended", async ({ browser }, { project, outputDir }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  const name = `A. Brief of ${project.name}`;
  const operator = await be(context, base, "operator");
  await operator.goto("/operator/#/counsel");
  await expect(operator.getByRole("heading", { name: "N. Adeyemi" })).toBeVisible();
  await operator.getByLabel("Their name").fill(name);
  await operator.getByLabel("As", { exact: true }).selectOption("own-counsel");
  await operator.getByRole("button", { name: "Make the link" }).click();
  await expect(operator.getByRole("heading", { name: `Link for ${name}` })).toBeVisible();
  const link = (await operator.locator("pre").textContent()) ?? "";
  await operator.getByRole("button", { name: "I gave it to them" }).click();

  const { page, context: theirs, broken } = await somebody(browser, { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile });
  await page.goto(link);
  await expect(page.getByText(`The operator invites ${name} to be counsel (the operator themself).`)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make my keys and a passkey" }).click();
  const code = page.locator(".code");
  await expect(code).toHaveText(/^(\d{4} ){5}\d{4}$/);
  await expectAccessible(page);
  await operator.getByRole("button", { name: `Look again ${name}` }).click();
  await expect(operator.locator(".code")).toHaveText((await code.textContent()) ?? "");
  await operator.getByRole("button", { name: "Same code: confirm" }).click();
  const listed = operator.getByRole("listitem").filter({ hasText: name });
  await expect(listed.getByText("The operator themself, as the record says.", { exact: false })).toBeVisible();
  await expectAccessible(operator);
  await operator.screenshot({ path: `${outputDir}/counsel.png`, fullPage: true });
  await expect(async () => {
    await page.getByRole("button", { name: "I was confirmed: sign in" }).click();
    await expect(page.getByRole("heading", { name: "Legal process" })).toBeVisible();
  }).toPass();
  await expect(page.getByText(`${name}, counsel of the operator.`, { exact: false })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: `${outputDir}/desk.png` });
  await page.clock.install();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Legal process" })).toBeVisible();
  await page.clock.fastForward("31:00");
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Open with my passkey" }).click();
  await expect(page.getByRole("heading", { name: "Legal process" })).toBeVisible();

  await listed.getByRole("button", { name: `End what they do as counsel ${name}` }).click();
  await expectAccessible(operator);
  await operator.getByRole("button", { name: "End it" }).click();
  await expect(listed.getByText("Ended on", { exact: false })).toBeVisible();
  await page.reload();
  await expect(page.getByText("You were signed out", { exact: false })).toBeVisible();
  await expectAccessible(page);
  expect(broken).toEqual([]);
  await theirs.close();
  await operator.close();
});

test("R22 the household is told on every page, reads its rights and objects", async () => {
  const home = await be(context, base, "resident");
  await home.goto("/home/#/house");
  await home.getByRole("link", { name: "Read it and your rights" }).click();
  await expect(card(home).getByText("The operator's counsel accepted it.")).toBeVisible();
  await expect(card(home).getByText("You may do nothing.", { exact: false })).toBeVisible();
  const paper = home.waitForEvent("download");
  await card(home).getByRole("button", { name: "Download the document" }).click();
  expect((await paper).suggestedFilename()).toBe("document.pdf");
  await card(home).getByLabel("What you have against it").fill(OBJECTION);
  await expectAccessible(home);
  await card(home).getByRole("button", { name: "Object" }).click();
  await expect(card(home).getByText("Your household objected:")).toBeVisible();
  await home.close();
  const counsel = await be(context, base, "counsel");
  await expect(card(counsel).getByText(OBJECTION)).toBeVisible();
  await expect.poll(async () => (await (await counsel.request.get("/v1/log/leaves?type=process")).text()).includes("accepted"), { timeout: 60_000 }).toBe(true);
  await counsel.close();
});

test("R22 a request to preserve hands out nothing, and the household reads its end", async ({}, { project }) => {
  const back = project.name === "phone" ? 4 : 0; // of days that stand already there is no second request
  const name = `KEEP-${DOCKET}`;
  const officer = await be(context, base, "officer");
  await officer.goto("/agency/#/process");
  await officer.getByLabel("Kind", { exact: true }).selectOption("Request to preserve");
  await expect(officer.getByText("Nothing is handed out, and nothing is recorded for it.", { exact: false })).toBeVisible();
  await expect(officer.getByLabel("The list of clips, by day")).toHaveCount(0);
  await officer.getByLabel("The document, a plain PDF").setInputFiles({ name: "letter.pdf", mimeType: "application/pdf", buffer: pdf() });
  await officer.getByLabel("Court's level").selectOption("No court");
  await officer.getByLabel("Docket number").fill(name);
  await officer.getByLabel("Signed by").fill("Lt. R. Example");
  await officer.getByLabel("Account numbers").fill(account);
  await officer.getByLabel("Issued on").fill(day(-1));
  await officer.getByLabel("To be returned by").fill(day(7));
  await officer.getByLabel("First day").fill(day(-3 - back));
  await officer.getByLabel("Last day").fill(day(-1 - back));
  await officer.getByLabel("How it came to you").fill("By me, as the officer of record.");
  await expectAccessible(officer);
  await officer.getByRole("button", { name: "Hand it in" }).click();
  const filed = officer.getByRole("article").filter({ hasText: name });
  await expect(filed.getByText("Waits for counsel")).toBeVisible();
  await officer.close();
  const counsel = await be(context, base, "counsel");
  const waits = counsel.getByRole("article").filter({ hasText: name });
  await waits.getByRole("radio", { name: "Accept" }).check();
  await waits.getByLabel("Reason").fill("Its form holds; three days of one account.");
  await waits.getByRole("button", { name: "Accept" }).click();
  await expect(waits.getByText("then lapses by itself", { exact: false })).toBeVisible();
  await expect(waits.getByRole("button", { name: "Make the packet" })).toHaveCount(0);
  await expectAccessible(counsel);
  await counsel.close();
  const home = await be(context, base, "resident");
  await home.goto("/home/#/process");
  const told = home.getByRole("article").filter({ hasText: name });
  await expect(told.getByText("You may delete clips as ever", { exact: false })).toBeVisible();
  await expect(told.getByText("Nothing was handed out.", { exact: false })).toBeVisible();
  await expectAccessible(home);
  await home.close();
});
