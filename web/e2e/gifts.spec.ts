// What was given, by hand: the clerk enters it, corrects it and takes it out of the count; a raffle is announced and its tickets are
// entered; everybody reads it. R35 R39. The same town as other walks of an office use.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { be, expectAccessible } from "./people.ts";

test("R35 what was given is entered by the clerk, corrected, and read by everybody", async ({ context, baseURL }) => {
  const clerk = await be(context, baseURL ?? "", "clerk");
  await clerk.goto("/clerk#/gifts");
  await clerk.getByRole("button", { name: "Enter something" }).click();
  await expectAccessible(clerk);
  await clerk.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(clerk.getByText("Something is missing")).toBeVisible();
  await clerk.getByLabel("What it is").fill("Porch lights with a camera");
  await clerk.getByLabel("How many").fill("4");
  await clerk.getByLabel("Name", { exact: true }).fill("A lamp company");
  await clerk.getByLabel("What all of it costs everybody else").fill("1,200");
  await clerk.getByLabel("Under which terms").fill("Nobody owes footage for one.");
  await clerk.getByLabel("Which residents could get it").fill("Whoever asks at the town hall.");
  await clerk.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(clerk.getByText("It can be entered once its terms say", { exact: false })).toBeVisible();
  await clerk.getByLabel("The terms say that whoever got it owes nobody footage").check();
  await clerk.getByRole("button", { name: "Enter it in the public record" }).click();
  const lights = clerk.getByRole("listitem").filter({ hasText: "4 × Porch lights with a camera" });
  await expect(lights).toContainText("A lamp company to residents");
  await expect(lights).toContainText("Worth USD 1,200.00.");

  await lights.getByRole("button", { name: "Correct" }).click();
  await expect(clerk.getByRole("heading", { name: "What should stand in the place of: Porch lights with a camera" })).toBeVisible();
  await clerk.getByLabel("How many").fill("5");
  await clerk.getByRole("button", { name: "Enter it in the public record" }).click();
  await expect(lights).toContainText("Corrected by another entry");
  const better = clerk.getByRole("listitem").filter({ hasText: "5 × Porch lights with a camera" });

  await clerk.getByRole("button", { name: "Announce a raffle" }).click();
  await clerk.getByLabel("What is raffled").selectOption({ label: "5 × Porch lights with a camera" });
  await clerk.getByLabel("How many prizes").fill("5");
  await clerk.getByLabel("Who can take part").fill("Everybody.");
  await clerk.getByLabel("Who publishes what it is drawn by").fill("The lottery");
  await clerk.getByLabel("Which of it").fill("The draw of the first Saturday");
  const at = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 16);
  await clerk.getByLabel("When they publish it").fill(at);
  await expectAccessible(clerk);
  await clerk.getByRole("button", { name: "Announce it in the public record" }).click();
  const raffle = clerk.getByRole("article").filter({ hasText: "The draw of the first Saturday" });
  await raffle.getByRole("button", { name: "Close" }).click();
  await raffle.getByLabel("How many tickets").fill("7");
  const [download] = await Promise.all([clerk.waitForEvent("download"), raffle.getByRole("button", { name: "Make codes and save them" }).click()]);
  await raffle.locator('input[type="file"]').setInputFiles({ name: "codes.csv", mimeType: "text/csv", buffer: await readFile(await download.path()) });
  await expect(raffle.getByRole("textbox", { name: "Codes or tickets, one a line" })).toHaveValue(/^code/);
  await expectAccessible(clerk);
  await raffle.getByRole("button", { name: "Enter the tickets" }).click();
  await expect(raffle).toContainText("Tickets are closed");
  await expect(raffle).toContainText("7 tickets");
  await raffle.getByRole("button", { name: "Draw" }).click();
  await raffle.getByLabel("What was published").fill("1 2 3 4 5 6");
  await raffle.getByRole("button", { name: "Draw it" }).click();
  await expect(raffle.getByText("is not published yet", { exact: false })).toBeVisible();

  await better.getByRole("button", { name: "Take out of the count" }).click();
  await clerk.getByLabel("Why it does not count").fill("The company took them back.");
  await clerk.getByRole("button", { name: "Take out of the count", exact: true }).last().click();
  await expect(better).toContainText("Not counted: The company took them back.");

  await expect(async () => {
    await clerk.goto("/record/gifts");
    await expect(clerk.getByText("The company took them back.")).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expectAccessible(clerk);
  await clerk.getByRole("link", { name: "The draw of the first Saturday", exact: false }).click();
  await expect(clerk.getByText("7 tickets; drawn by", { exact: false })).toBeVisible();
  await expectAccessible(clerk);
});
