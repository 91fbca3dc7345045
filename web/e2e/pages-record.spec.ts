// Ordinances: another one tried on the demo's record, and one that is changed: R43.
import { expect, test } from "@playwright/test";
import { look } from "./looking.ts";
import { fresh, heading, optionsOf } from "./visiting.ts";

test("R43 another ordinance is tried on the record", async ({ browser }, info) => {
  const page = await fresh(browser, optionsOf(info));
  await page.goto("/record/ordinances/simulate");
  await page.getByLabel("The ordinance to try").selectOption({ label: "Oakland Municipal Code 9.64" });
  await page.getByRole("button", { name: "Decide everything again" }).click();
  await expect(heading(page, /come out otherwise$/)).toBeVisible();
  await look(page, "simulate");
  await page.context().close();
});

test("R43 an ordinance is changed, and what it makes of its own tests is said", async ({ browser }, info) => {
  const page = await fresh(browser, optionsOf(info));
  await page.goto("/record/ordinances/edit");
  await look(page, "edit-begin");
  await page.goto("/record/ordinances");
  await page.getByRole("link", { name: "Fanlight model ordinance" }).click();
  await page.getByRole("link", { name: "Try changes" }).click();
  await expect(page.getByRole("region", { name: "Is it sound?" })).toContainText("It is a sound pack");
  await page.getByRole("button", { name: "Change clause agreement.ends" }).click();
  await page.getByLabel("Term: less than (days)").fill("365");
  await expect(page.getByRole("region", { name: "Is it sound?" })).toContainText("1 test comes out otherwise");
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    scrollTo(0, 0);
  });
  await look(page, "edit");
  await page.context().close();
});
