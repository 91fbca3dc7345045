// An operation with residents, words that are handed out and a notice, by hand: the agency's administrator enters its plan, a home says that it takes part and takes that back,
// everybody reads it. R29. The same town as other walks of an office use.
import { expect, test } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

test("R29 a plan is public before it begins, and a home takes part by its own word alone", async ({ context, baseURL }) => {
  const admin = await be(context, baseURL ?? "", "administrator");
  await admin.goto("/agency#/operations");
  await expect(admin.getByRole("heading", { name: "No operation was planned" })).toBeVisible();
  await admin.getByRole("button", { name: "Enter a plan" }).click();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(admin.getByText("Something is missing", { exact: false })).toBeVisible();
  await admin.getByLabel("Part of town").fill("Around Ferry Square");
  await admin.getByLabel("First day").fill(day(0));
  await admin.getByLabel("Last day").fill(day(3));
  await admin.getByLabel("What is done").fill("A package with a tracker is left at doors of homes that said yes.");
  await admin.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(admin.getByText("A plan is public a day before it begins", { exact: false })).toBeVisible();
  await admin.getByLabel("First day").fill(day(2));
  await admin.getByRole("button", { name: "Enter it in the public record" }).click();
  const planned = admin.getByRole("listitem").filter({ hasText: "Around Ferry Square" });
  await expect(planned).toContainText("Planned");
  await expect(planned).toContainText("No home has said that it takes part");
  await expectAccessible(admin);

  const home = await be(context, baseURL ?? "", "resident");
  await home.goto("/home#/neighbours/operations");
  const near = home.getByRole("region", { name: "Against theft of packages, Around Ferry Square" });
  await expect(near).toContainText("A package with a tracker");
  await near.getByRole("button", { name: "Our home takes part" }).click();
  await expect(near.getByText("Your home takes part", { exact: true })).toBeVisible();
  await expectAccessible(home);
  await home.reload();
  await near.getByRole("button", { name: "We take part no more" }).click();
  await expect(near.getByRole("button", { name: "Our home takes part" })).toBeVisible();

  await expect(async () => {
    await admin.goto("/record/operations");
    await expect(admin.getByRole("link", { name: "Around Ferry Square", exact: false })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expectAccessible(admin);
  await admin.getByRole("link", { name: "Around Ferry Square", exact: false }).click();
  await expect(admin.getByText("What came of it will stand here by", { exact: false })).toBeVisible();
  await expectAccessible(admin);
});

test("R37 R38 words that are handed out are entered by one side, changed by another, and compared by everybody", async ({ context, baseURL }) => {
  const admin = await be(context, baseURL ?? "", "administrator");
  await admin.goto("/agency#/words");
  await admin.getByRole("button", { name: "Enter a text" }).click();
  await expectAccessible(admin);
  await admin.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(admin.getByText("Something is missing", { exact: false })).toBeVisible();
  await admin.getByLabel("What it is", { exact: true }).selectOption({ label: "Press statement" });
  await admin.getByLabel("What it is called").fill("On the lamp posts");
  await admin.getByLabel("Who wrote these words").fill("The press office");
  await admin.getByLabel("The words").fill("The lamps are kept for 60 days.");
  await admin.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(admin.getByRole("listitem").filter({ hasText: "On the lamp posts" })).toContainText("Press statement, 1 version");

  const clerk = await be(context, baseURL ?? "", "clerk");
  await clerk.goto("/clerk#/words");
  await clerk.getByRole("listitem").filter({ hasText: "On the lamp posts" }).getByRole("button", { name: "Enter the next version" }).click();
  await clerk.getByLabel("Who wrote these words").fill("The clerk");
  await clerk.getByLabel("The words").fill("The lamps are kept for 30 days.");
  await clerk.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(clerk.getByRole("listitem").filter({ hasText: "On the lamp posts" })).toContainText("2 versions, the last by The clerk");
  await expectAccessible(clerk);

  await expect(async () => {
    await clerk.goto("/record/texts");
    await expect(clerk.getByText("more than one side changed it")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expectAccessible(clerk);
  await clerk.getByRole("link", { name: "On the lamp posts" }).click();
  await expectAccessible(clerk);
  await clerk.getByRole("link", { name: "what it changed" }).click();
  await expect(clerk.locator("del")).toContainText("60");
  await expect(clerk.locator("ins")).toContainText("30");
  await expectAccessible(clerk);
});

test("R14 an agency's notice is refused where it offers money, previewed as neighbours will read it, and ended", async ({ context, baseURL }) => {
  const officer = await be(context, baseURL ?? "", "officer");
  await officer.goto("/agency#/notices");
  await expect(officer.getByRole("heading", { name: "Notices to neighbors" })).toBeVisible();
  await officer.getByRole("button", { name: "Write a notice" }).click();
  await expect(officer.getByLabel("Where").getByRole("option")).not.toHaveCount(1);
  await expectAccessible(officer);
  await officer.getByRole("button", { name: "Look at it" }).click();
  await expect(officer.getByText("Something is missing", { exact: false })).toBeVisible();
  await officer.getByLabel("In a few words").fill("Bridge closed on Saturday");
  await officer.getByLabel("What neighbors should know").fill("The bridge is closed from 8 to 12. There is a cash reward for information about cars on it.");
  await officer.getByLabel("Where").selectOption({ index: 1 });
  await officer.getByLabel("Last day on which it is shown").fill(day(3));
  await officer.getByRole("button", { name: "Look at it" }).click();
  await officer.getByRole("button", { name: "Publish it" }).click();
  await expect(officer.getByText("offers money", { exact: false })).toBeVisible();
  await officer.getByLabel("What neighbors should know").fill("The bridge is closed from 8 to 12, while its joints are looked at.");
  await officer.getByRole("button", { name: "Look at it" }).click();
  await expect(officer.getByRole("heading", { name: "This is what neighbors will read" })).toBeVisible();
  await expectAccessible(officer);
  await officer.getByRole("button", { name: "Publish it" }).click();
  const shown = officer.getByRole("listitem").filter({ hasText: "Bridge closed on Saturday" });
  await expect(shown).toContainText("Shown until");
  await expectAccessible(officer);
  await shown.getByRole("button", { name: "Show it no more" }).click();
  await expect(shown).toHaveCount(0);
});
