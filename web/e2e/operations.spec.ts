// An operation with residents, by hand: the agency's administrator enters its plan, a home says that it takes part and takes that back,
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
  await expect(near.getByText("Your home takes part")).toBeVisible();
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
