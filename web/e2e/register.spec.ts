// The register as everybody reads it, and comments: R33 R34.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { ahead, as, dayIn, look } from "./days.ts";
import { somebody } from "./passkeys.ts";

test.describe.configure({ mode: "serial" });

test("R33 R34 everybody reads the register without an account", async ({ page }) => {
  await page.goto("/register");
  await expect(page.getByRole("heading", { name: "Agreements" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "In force" })).toHaveCount(1);
  await look(page);
  await page.getByRole("row").filter({ hasText: "In force" }).getByRole("link").click();
  await expect(page.getByText("In force. Under it the agency may ask", { exact: false })).toBeVisible();
  await expect(page.getByText("signed by P. Ivers", { exact: false })).toHaveCount(3);
  await page.getByRole("button", { name: /^Read: / }).first().click();
  await expect(page.getByRole("button", { name: /^Hide: / })).toBeVisible();
  await page.getByText("What was signed").first().click();
  await page.getByText("Facts that the ordinance was asked with").click();
  await expect(page.getByText("not open to comment", { exact: false })).toBeVisible();
  await look(page);
  await page.getByRole("link", { name: "Clerks" }).click();
  await expect(page.getByRole("heading", { name: "P. Ivers" })).toBeVisible();
  await page.getByText("The elected body's words").click();
  await look(page);
  await page.getByRole("link", { name: "News" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(7); // the demo's five, and the two that this walk begins with
  await look(page);
});

test("R34 anybody says something, and whose network said much has its device compute", async ({ page }) => {
  await page.goto("/register");
  await page.getByRole("row").filter({ hasText: "Published" }).getByRole("link").click();
  await page.getByRole("button", { name: "Say it" }).click();
  await expect(page.getByText("Write a name and what you say.")).toBeVisible();
  await look(page);
  await page.getByLabel("Name", { exact: true }).fill("Police Department");
  await page.getByLabel("What you say").fill("It is fine.");
  await page.getByRole("button", { name: "Say it" }).click();
  await expect(page.getByText("the name is that of an agency or an office", { exact: false })).toBeVisible();
  const computed: unknown[] = [];
  page.on("worker", (worker) => computed.push(worker.url()));
  for (let n = 1; n <= 6; n++) {
    await page.getByLabel("Name", { exact: true }).fill(`Ana ${n}`);
    await page.getByLabel("What you say").fill(`No, for reason ${n}.`);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // by keyboard alone
    await expect(page.getByText(`No, for reason ${n}.`, { exact: true })).toBeVisible();
    await expect(page.getByLabel("What you say")).toHaveValue("");
    expect(computed.length).toBe(n === 6 ? 1 : 0); // five are free
  }
  await look(page);
});

test("R46 an auditor joins with a passkey and keys of their own, and the clerk enters what the board decided", async ({ browser }, { project }) => {
  const { baseURL, locale, timezoneId } = project.use;
  const options = { baseURL, locale, timezoneId, reducedMotion: "reduce" as const };
  const auditor = await somebody(browser, options);
  const clerk = await (await browser.newContext({ ...options, reducedMotion: "reduce" })).newPage();
  await ahead(0, auditor.context, clerk.context()); // the same day for everybody, whatever midnight passes
  await clerk.goto(as("clerk", "clerk"));
  await clerk.getByRole("link", { name: "Auditors" }).click();
  await expect(clerk.getByText("Nobody audits this agency.", { exact: false })).toBeVisible();
  const address = await clerk.getByRole("link", { name: /\/auditor#\/join\// }).first().innerText();
  const { page } = auditor;
  await page.goto(address);
  await expect(page.getByRole("heading", { name: "The auditor's desk" })).toBeVisible();
  await look(page);
  await page.getByLabel("Your name").fill("L. Moss");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page.getByText("You audit nobody yet.", { exact: false })).toBeVisible();
  await page.getByLabel("Your name, as it will stand in the record").fill("L. Moss");
  await page.getByRole("button", { name: "Show me what I sign" }).click();
  await page.getByRole("button", { name: "Sign my offer" }).click();
  const offer = await page.getByLabel("Your signed offer").inputValue();
  await clerk.getByLabel("The auditor's text").fill(offer.replace("L. Moss", "L. Boss"));
  await expect(clerk.getByText("This is no auditor's text", { exact: false })).toBeVisible();
  await clerk.getByLabel("The auditor's text").fill(offer);
  await expect(clerk.getByText("L. Moss offers to audit", { exact: false })).toBeVisible();
  await clerk.getByRole("button", { name: "Show me what I sign" }).click();
  await expect(clerk.getByText("Fill in everything above", { exact: false })).toBeVisible();
  await clerk.getByLabel("Who appointed the auditor").fill("The board");
  await clerk.getByLabel("Number of the decision").fill("26-12");
  await clerk.getByLabel("The day on which the term is over").fill(dayIn(365));
  await clerk.getByLabel("The elected body's words").fill("The board appoints L. Moss auditor of the police department.");
  await clerk.getByRole("button", { name: "Show me what I sign" }).click();
  await clerk.getByRole("button", { name: "Sign and enter it" }).click();
  await expect(clerk.getByText("Entered. L. Moss reads the log", { exact: false })).toBeVisible();
  await look(clerk);
  await page.getByRole("button", { name: "I was entered: look again" }).click();
  await expect(page.getByText("L. Moss, auditor of", { exact: false })).toBeVisible();
  await expect(page.getByText("each checked on this device against the record", { exact: false })).toBeVisible();
  await page.getByLabel("Kind of entry").selectOption({ label: "Decision on a request" });
  await expect(page.getByRole("list", { name: "The log" }).getByRole("listitem")).toHaveCount(2); // asked, and signed by a second person
  await expect(page.getByText("Asked by").first()).toBeVisible();
  await look(page);
  await page.getByRole("link", { name: "Patterns" }).click();
  await expect(page.getByRole("heading", { name: "Asked by" })).toBeVisible();
  await look(page);
  const kept = page.waitForEvent("download");
  await page.getByRole("button", { name: "Keep as CSV" }).click();
  const csv = await readFile(await (await kept).path(), "utf8");
  expect(csv.split(/\r?\n/)[0]).toBe("table,value,count,leaves");
  expect(csv).toContain("\nofficer,");
  await page.getByLabel("To", { exact: true }).fill("2020-01-01");
  await page.getByRole("button", { name: "Count" }).click();
  await expect(page.getByText("Nothing is in the record for these days.")).toBeVisible();
  await page.getByRole("link", { name: "Who has access" }).click();
  await expect(page.getByText("An agreement is in force until", { exact: false })).toBeVisible();
  await expect(page.getByRole("region", { name: "Looks by auditors" }).getByText("a file to keep", { exact: false })).toBeVisible();
  await look(page);
  await clerk.getByRole("button", { name: "End the appointment of L. Moss" }).click();
  await clerk.getByLabel("Why it ends").fill("The board chose another.");
  await clerk.getByRole("button", { name: "Sign the end" }).click();
  await expect(clerk.getByText("Audited it until", { exact: false })).toBeVisible();
  await page.reload();
  await expect(page.getByText("nothing opens here any more", { exact: false })).toBeVisible();
  expect(auditor.broken).toEqual([]);
  await auditor.context.close();
  await clerk.context().close();
});
