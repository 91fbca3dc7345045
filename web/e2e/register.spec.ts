// The register as everybody reads it, and comments: R33 R34.
import { expect, test } from "@playwright/test";
import { look } from "./days.ts";

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
