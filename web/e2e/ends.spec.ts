// A case to its end: R26 R30. One story in order; the days go by at once (tests/journey/test_ends.py).
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { ahead, as, dayIn, look } from "./days.ts";

test.describe.configure({ mode: "serial" });

let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, locale, timezoneId } = project.use;
  context = await browser.newContext({ baseURL, locale, timezoneId, reducedMotion: "reduce" });
  page = await context.newPage();
});
test.afterAll(() => context.close());

/** The page as it is on a day, anew: who sits there signs in again. */
async function on(day: number, path: string, who = "custodian"): Promise<void> {
  await ahead(day, context);
  await page.goto("about:blank");
  await page.goto(as(who, "agency"));
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.goto(path);
}

test("R26 what ends when, why, and which exports are out", async () => {
  await on(0, "/agency/#/ends");
  await expect(page.getByRole("heading", { name: "Ends", exact: true })).toBeVisible();
  await expect(page.getByText("180 days after the request, the limit for all")).toBeVisible();
  await expect(page.getByText("Office of the prosecutor")).toBeVisible();
  await look(page, "ends");
});

test("R30 cameras of different clocks are played on one; what was corrected is stated, and one that is broken stops no other", async () => {
  await on(0, "/agency/#/", "officer"); // who asked can open it
  await page.locator('a[href*="/case/"]').first().click();
  const slow = page.getByRole("article").filter({ hasText: "camera's own clock, not checked" });
  await slow.getByText("Correct the clock by hand").click();
  await slow.getByLabel("Seconds to add").fill("3660");
  await slow.getByLabel("Who said so, and why").fill("R. Lindqvist: the till's receipt");
  await slow.getByRole("button", { name: "Enter the correction" }).click();
  await expect(slow.getByText(/^Corrected by hand: /)).toBeVisible();

  // One is changed on its way: a byte of every part of it.
  const third = page.getByRole("article").filter({ hasText: "0:04" });
  const changed = (await third.getByRole("link", { name: "Export with an evidence package" }).getAttribute("href"))?.split("/").pop() ?? "";
  expect(changed).toMatch(/^[a-z2-7]{26}$/);
  await page.route(`**/v1/agency/disclosures/${changed}/pay`, async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[100] = (body[100] ?? 0) ^ 1;
    await route.fulfill({ response: answer, body });
  });
  const card = page.getByRole("region", { name: "All cameras on one clock" });
  await card.getByRole("button", { name: "Open 3 clips together" }).click();
  const both = card.getByRole("region", { name: "Video: 3 clips on one clock" });
  await expect(both.getByText("This clip is not the one that was shared. Nothing of it is shown.")).toBeVisible();
  await expect(both.getByText(/^No picture at this time. It begins at /)).toBeVisible();
  await expect(card.getByText(/^Corrected by \+61:00 min by .*, was .*: stated, not hidden\. “R\. Lindqvist: the till's receipt”$/)).toBeVisible();
  await expect(card.getByText("No figure for its error was signed", { exact: false })).toHaveCount(3);
  for (const lane of await card.getByRole("list", { name: "When each clip was recorded" }).getByRole("listitem").all()) await expect(lane.getByRole("button", { name: /^Go to the beginning of clip/ })).toBeVisible();

  // Five seconds on, by keyboard: one camera is in its sixth second, the other, by its corrected clock, in its fourth.
  const position = both.getByRole("slider", { name: "Position" });
  await position.press("ArrowRight");
  const stands = (): Promise<number[]> => both.locator("video:not(.hidden)").evaluateAll((all) => all.map((one) => Math.round((one as HTMLVideoElement).currentTime * 10) / 10).sort((a, b) => a - b));
  await expect.poll(stands).toEqual([3, 5]);
  await expect(card.getByText(/^The films stand \d+ ms apart/)).toBeVisible();
  await look(page, "clock", card);

  await position.press("Space");
  await expect.poll(async () => Math.min(...(await stands()))).toBeGreaterThan(3.5);
  await expect(both.getByText(/^No picture at this time. It ended at /)).toBeVisible(); // the first camera's film is over before the other's
  await expect(both.getByRole("button", { name: "Play", exact: true })).toBeVisible(); // at the end the clock stops
  await both.getByRole("button", { name: "Play", exact: true }).press("p");
  await expect.poll(stands).toEqual([0, 2]);
  const trail = page.getByRole("list", { name: "Custody" });
  for (const n of [1, 2, 3]) await expect(trail.getByText(`Opened (clip ${n})`)).toBeVisible();
});

test("R26 thirty days before, who is concerned is told, on the case's page", async () => {
  await on(150, "/agency/#/ends");
  await expect(page.getByText("Out past its date")).toBeVisible();
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "When this ends" })).toBeVisible();
  await expect(page.getByText(/^Told on /)).toBeVisible();
});

test("R26 the custodian holds it for a court, and attests what became of the export", async () => {
  await page.getByRole("button", { name: "Record a hold" }).click();
  await page.getByLabel("Kind of hold").selectOption("court");
  await page.getByLabel("Stated end").fill(dayIn(200));
  await page.getByLabel("Document").fill("Order of 3 May");
  await page.getByLabel("Court").fill("Superior Court, department 9");
  await page.getByLabel("Docket number").fill("26-CR-0412");
  await look(page, "hold", page.getByRole("heading", { name: "When this ends" }));
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText("A hold stands, so nothing is destroyed on that day.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Attest the end of the copy of Office of the prosecutor" }).click();
  await page.getByLabel("How you know").fill("Letter of 6 May");
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText("Attested: destroyed", { exact: false })).toBeVisible();
});

test("R26 past its stated end the hold shows as overdue, and ends only when its end is recorded", async () => {
  await on(201, "/agency/#/ends");
  await expect(page.getByText("Hold past its end")).toBeVisible();
  await look(page, "overdue");
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: "Record the end of the hold of Order of 3 May" }).click();
  await page.getByLabel("Document").fill("Order of 9 June");
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText(/ended on /)).toBeVisible();
});

test("R26 then key and copies are destroyed; a stone and the entry stay", async () => {
  const address = page.url();
  await on(202, address);
  await expect(page.getByText("The key of this case and every copy under it were destroyed", { exact: false })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Destroyed copies" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the clip" })).toHaveCount(0);
  await look(page, "destroyed");
  await page.getByRole("link", { name: /^Entry \d+ in the public record$/ }).last().click();
  await expect(page.getByText("Key of a case destroyed").first()).toBeVisible();
  await look(page, "entry");
});
