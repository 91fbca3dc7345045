// An agreement by hand, from its draft into force and out again, by three people in three browsers: R33 R34 R36. Each step is taken on a day on
// which the model ordinance takes it; each that is left out is refused with the clause that asks for it.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { ahead, as, dayIn, look } from "./days.ts";
import { device, type Someone, somebody } from "./passkeys.ts";

test.describe.configure({ mode: "serial" });

let operator: Page;
let before: Page; // the clerk whom the demo begins with
let clerk: Someone; // and who takes over, with a passkey of their own
let options: BrowserContextOptions;
let id = "";

const all = () => [operator.context(), before.context(), clerk.context];
async function person(browser: Browser, role: string, app: string): Promise<Page> {
  const page = await (await browser.newContext({ ...options, reducedMotion: "reduce" })).newPage();
  await page.goto(as(role, app));
  await expect(page).not.toHaveURL(/#k=/);
  return page;
}
/** Opens the agreement at a clerk's desk. */
async function sit(page: Page): Promise<void> {
  await page.goto("/clerk#/");
  await page.reload();
  await page.goto(`/clerk#/agreement/${id}`);
  await expect(page.getByRole("heading", { name: "Sign for it" })).toBeVisible();
}
/** Comes back on another day: the sign-in is over, the passkey opens the desk again. */
async function comeBack(): Promise<void> {
  await clerk.page.goto("/clerk#/");
  await clerk.page.reload();
  await expect(clerk.page.getByText("You were signed out", { exact: false })).toBeVisible();
  await clerk.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(clerk.page.getByText("You sign as M. Stone, City Clerk.")).toBeVisible();
}
async function heard(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "A public hearing" }).check();
  await page.getByLabel("Who heard, or voted").fill("The board");
  await page.getByLabel("Minutes").fill("Eleven people spoke.\nTwo were in favour.");
  await page.getByRole("button", { name: "Show me what I sign" }).click();
}
async function voted(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "A vote" }).check();
  await page.getByLabel("Who heard, or voted").fill("The board");
  await page.getByLabel("For", { exact: true }).fill("5");
  await page.getByLabel("Against", { exact: true }).fill("2");
  await page.getByLabel("Number of the vote").fill("26-1");
  await page.getByLabel("Meetings in the neighbourhoods before").fill("1");
  await page.getByRole("checkbox", { name: /findings/ }).check();
  await page.getByRole("checkbox", { name: /counsel/ }).check();
  await page.getByRole("button", { name: "Show me what I sign" }).click();
}
async function force(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "Coming into force" }).check();
  await page.getByRole("button", { name: "Show me what I sign" }).click();
}
/** Signs what is shown, which names this agreement and this day. */
async function sign(page: Page, days: number): Promise<void> {
  const shown = JSON.parse((await page.locator("section[aria-labelledby=act] pre").textContent()) ?? "") as Record<string, unknown>;
  expect([shown["agreement"], shown["day"]]).toEqual([id, dayIn(days)]);
  await page.getByRole("button", { name: "Sign it" }).click();
}
async function refused(page: Page, clause: string): Promise<void> {
  const clauses = page.getByRole("list", { name: "Clauses that refuse" });
  await expect(clauses.getByText(clause, { exact: false })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Sign for it" })).toBeVisible();
}

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId } = project.use;
  options = { baseURL, viewport, colorScheme, locale, timezoneId };
  [operator, before] = [await person(browser, "operator", "operator"), await person(browser, "clerk", "clerk")];
  clerk = await somebody(browser, options);
  await ahead(0, ...all());
});
test.afterAll(async () => {
  expect(clerk.broken).toEqual([]);
  for (const context of all()) await context.close();
});

test("R34 everything in force is cancelled in one act, which says first what follows", async () => {
  await operator.getByRole("link", { name: "Register", exact: true }).click();
  await operator.getByRole("button", { name: "Cancel every agreement in force" }).click();
  await expect(operator.getByText("destroyed after thirty days", { exact: false })).toBeVisible();
  await look(operator);
  await operator.getByRole("button", { name: "Yes, cancel all of them" }).click();
  await expect(operator.getByText("Write why.")).toBeVisible();
  await operator.getByLabel("Why, for everybody to read").fill("To begin anew.");
  await operator.getByRole("button", { name: "Yes, cancel all of them" }).click();
  await expect(operator.getByText("1 agreement is cancelled.")).toBeVisible();
});

test("R33 the operator finds an agency in a list, makes sure of it and admits it with its area", async () => {
  await operator.getByRole("link", { name: "Admit an agency" }).click();
  await operator.getByLabel("Words of its name or its county").fill("alameda");
  await operator.getByRole("button", { name: "Find" }).click();
  await operator.getByRole("button", { name: "Take Alameda Police Department" }).click();
  await expect(operator.getByLabel("Its number (ORI)")).toHaveValue("CA0010100");
  await operator.getByRole("button", { name: "Admit it" }).click();
  await expect(operator.getByText("Fill in every field, and give the area.")).toBeVisible();
  const give = (value: unknown) =>
    operator.getByLabel("Where it may ask").setInputFiles({ name: "area.geojson", mimeType: "application/geo+json", buffer: Buffer.from(JSON.stringify(value)) });
  await give({ type: "Point", coordinates: [-122.26, 37.77] });
  await expect(operator.getByText("There is no area in this file", { exact: false })).toBeVisible();
  const corners = [[-122.3, 37.7], [-122.2, 37.7], [-122.2, 37.8], [-122.3, 37.8], [-122.3, 37.7]];
  await give({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [corners] } });
  await expect(operator.getByRole("img", { name: "One area of one part, 4 corners" })).toBeVisible();
  await operator.getByLabel("How you made sure that it is this agency").fill("Called the number on the city's page.");
  await operator.getByLabel("Who made sure").fill("The caretaker");
  await look(operator);
  await operator.getByRole("button", { name: "Admit it" }).click();
  await expect(operator.getByText("Alameda Police Department is admitted.")).toBeVisible();
  await expect(operator.getByRole("region", { name: "Admitted agencies" }).getByText("CA0010100")).toBeVisible();
  await operator.getByRole("button", { name: "Find" }).click();
  await expect(operator.getByText("admitted already")).toBeVisible();
  await operator.getByRole("link", { name: "The register" }).click();
});

test("R33 the operator drafts an agreement, and writes another version of it", async () => {
  await operator.getByRole("link", { name: "Draft an agreement" }).click();
  await operator.getByLabel("First day").fill(dayIn(60));
  await operator.getByLabel("The day on which it is over").fill(dayIn(400));
  await operator.getByLabel("How it may run for another term").fill("By another vote.");
  await operator.getByLabel("What ending it costs").fill("Nothing.");
  await operator.getByRole("button", { name: "Add a clause" }).click();
  await operator.getByLabel("Clause 1: its words").fill("Nothing goes to anybody else.");
  await operator.getByRole("button", { name: "Add a paper" }).click();
  await operator.getByRole("button", { name: "Hand in the draft" }).click();
  await expect(operator.getByText("Fill in every field", { exact: false })).toBeVisible();
  await operator.getByLabel("Paper 1: title").fill("Impact report");
  await operator.getByLabel("Paper 1: who wrote it").fill("The manager");
  await operator.getByLabel("Paper 1: text").fill("It burdens people who pass by.");
  await look(operator);
  await operator.getByRole("button", { name: "Hand in the draft" }).click();
  await expect(operator.getByText("A draft. It gives the agency no right", { exact: false })).toBeVisible();
  id = operator.url().split("/").at(-1) ?? "";
  await operator.getByRole("link", { name: "Write another version" }).click();
  await expect(operator.getByLabel("Paper 1: text")).toHaveValue("It burdens people who pass by.");
  await operator.getByLabel("Paper 1 looks at what it costs").check();
  await operator.getByLabel("Paper 1 looks at whom it burdens").check();
  await operator.getByRole("button", { name: "Hand in the draft" }).click();
  await expect(operator.getByRole("button", { name: "Publish", exact: true })).toBeVisible();
  await look(operator);
});

test("R33 a draft that nobody published is not heard", async () => {
  await sit(before);
  await heard(before);
  await sign(before, 0);
  await refused(before, "agreement.published");
  await look(before);
});

test("R34 it is published, and somebody says something of it", async ({ page }) => {
  await operator.getByLabel("Last day for comments").fill(dayIn(20));
  await operator.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(operator.getByText("Published. Its words no longer change.", { exact: false })).toBeVisible();
  await page.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  await page.goto(`/register#/agreement/${id}`);
  await page.getByLabel("Name", { exact: true }).fill("Ana");
  await page.getByLabel("What you say").fill("Nobody asked us.");
  await page.getByRole("button", { name: "Say it" }).click();
  await expect(page.getByText("Said. It stands below.")).toBeVisible();
});

test("R33 another clerk takes over the office: own passkey, own key, signed by both", async () => {
  const { page } = clerk;
  await page.goto("/clerk");
  await look(page);
  await page.getByLabel("Your name").fill("M. Stone");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page.getByText("You are not the clerk yet.", { exact: false })).toBeVisible();
  await page.getByRole("link", { name: "The office" }).click();
  await page.getByLabel("Your name, as it will stand in the register").fill("M. Stone");
  await page.getByLabel("Your office").fill("City Clerk");
  await page.getByLabel("Who appointed you").fill("The board");
  await page.getByLabel("Number of the decision").fill("26-9");
  await page.getByLabel("The elected body's words").fill("The board appoints M. Stone clerk.");
  await page.getByRole("button", { name: "Show me what I sign" }).click();
  await look(page);
  await page.getByRole("button", { name: "Sign my appointment" }).click();
  const paper = await page.getByLabel("Your signed appointment").inputValue();
  await before.getByRole("link", { name: "The office" }).click();
  await before.getByLabel("The signed appointment").fill(paper.replace("M. Stone clerk", "M. Brick clerk"));
  await before.getByRole("button", { name: "Look at it" }).click();
  await expect(before.getByText("This is no signed appointment.")).toBeVisible();
  await before.getByLabel("The signed appointment").fill(paper);
  await before.getByRole("button", { name: "Look at it" }).click();
  await before.getByRole("button", { name: "Sign the handover" }).click();
  const handed = await before.getByLabel("Handed over").inputValue();
  await operator.getByRole("link", { name: "Register", exact: true }).click();
  await operator.getByLabel("The signed appointment").fill(handed);
  await operator.getByRole("button", { name: "Look at it" }).click();
  await operator.getByRole("button", { name: "Record it" }).click();
  await expect(operator.getByText("Recorded. It counts from", { exact: false })).toBeVisible();
  await page.reload();
  await expect(page.getByText("You sign as M. Stone, City Clerk.")).toBeVisible();
});

test("R33 who signs makes a second passkey, loses the first, and sits down with the other", async () => {
  const { page, cdp, authenticator } = clerk;
  await page.getByRole("link", { name: "The office" }).click();
  await page.getByRole("button", { name: "Make another passkey" }).click();
  await expect(page.getByText("This device has that passkey already.")).toBeVisible();
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator });
  clerk = { ...clerk, authenticator: await device(cdp) };
  await page.getByRole("button", { name: "Make another passkey" }).click();
  await expect(page.getByText("Made. It opens your desk wherever you have it.")).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: /^Remove the passkey made on .*, used just now$/ }).click();
  await expect(page.getByText("Removed. It opens nothing from now on.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("You sign as M. Stone, City Clerk.")).toBeVisible();
});

test("R33 a vote before a hearing is refused, then a hearing is held", async () => {
  const { page } = clerk;
  await sit(page);
  await voted(page);
  await sign(page, 0);
  await refused(page, "agreement.heard");
  await ahead(25, ...all());
  await comeBack();
  await expect(page.getByRole("heading", { name: "Wait for a hearing" })).toBeVisible();
  await look(page);
  await sit(page);
  await heard(page);
  await look(page);
  await sign(page, 25);
  await expect(page.getByText("A hearing was held.", { exact: false })).toBeVisible();
});

test("R33 without a vote nothing comes into force, then it is voted for", async () => {
  const { page } = clerk;
  await force(page);
  await sign(page, 25);
  await refused(page, "agreement.voted");
  await ahead(40, ...all());
  await comeBack();
  await sit(page);
  await voted(page);
  await sign(page, 40);
  await expect(page.getByText("The vote carried it.", { exact: false })).toBeVisible();
});

test("R33 R36 the clerk brings it into force, and everybody sees it with every clause", async ({ page: anybody }) => {
  const { page } = clerk;
  await ahead(70, ...all());
  await comeBack();
  await sit(page);
  await force(page);
  await sign(page, 70);
  await expect(page.getByText("There is nothing left to sign for this agreement.")).toBeVisible();
  await anybody.goto(`/register#/agreement/${id}`);
  await expect(anybody.getByText("In force. Under it the agency may ask", { exact: false })).toBeVisible();
  await expect(anybody.getByText("The ordinance would take it today.")).toBeVisible();
  await expect(anybody.getByText("signed by M. Stone", { exact: false })).toHaveCount(3);
  await expect(anybody.getByText("Nobody asked us.")).toBeVisible();
});

test("R33 a yearly report is added to what was published, which does not change", async () => {
  await operator.goto(`/operator#/register/${id}`);
  await operator.reload();
  await operator.getByRole("button", { name: "Add a paper" }).click();
  await operator.getByLabel("Title").fill("The first year");
  await operator.getByLabel("Who wrote it").fill("The chief");
  await operator.getByRole("button", { name: "Publish it" }).click();
  await expect(operator.getByText("Fill in every field", { exact: false })).toBeVisible();
  await operator.getByLabel("Its whole text").fill("Four requests, of which two brought nothing.");
  await look(operator);
  await operator.getByRole("button", { name: "Publish it" }).click();
  await expect(operator.getByText("Published.", { exact: true })).toBeVisible();
  await expect(operator.getByText("The first year", { exact: true })).toBeVisible();
});

test("R34 the operator cancels it in one act", async () => {
  await operator.goto(`/operator#/register/${id}`);
  await operator.reload();
  await operator.getByRole("button", { name: "Cancel it" }).click();
  await operator.getByLabel("Why, for everybody to read").fill("The board wished it.");
  await operator.getByRole("button", { name: "Yes, cancel it" }).click();
  await expect(operator.getByText("Cancelled. The agency may no longer ask", { exact: false })).toBeVisible();
  await expect(operator.getByText("Nothing: this is the end of it.")).toBeVisible();
  await look(operator);
});
