// One case from the request to the destroyed key: R20 R21 R22 R24 R26 R27 R30. One story in order; the days go by at once
// (tests/journey/test_case.py). Two homes of one street are asked: one shares, one declines.
import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { expect, test, type Browser, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { ahead, as, dayIn, look } from "./days.ts";
import { expectAccessible, takenIn } from "./people.ts";

test.describe.configure({ mode: "serial" });

const CASE = "E2E-WALK-0412";
const NOTE = "The bicycle in the picture is mine.";
const ANSWER = "Thank you. We have marked it as yours.";
const OUT = process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const FROM_HOME = "0:10"; // how long the copy is that the home trimmed; the two others last 0:12 and 0:04

const opened: BrowserContext[] = [];
let context: BrowserContext;
let page: Page;
let home: BrowserContext;
let resident: Page;
let elsewhere: BrowserContext;
let theirs: Page;
let request: string;

/** A browser of somebody's own. */
async function sits(browser: Browser): Promise<BrowserContext> {
  const { baseURL, locale, timezoneId } = test.info().project.use;
  const one = await browser.newContext({ baseURL, locale, timezoneId, reducedMotion: "reduce" });
  opened.push(one);
  return one;
}

test.beforeAll(async ({ browser }) => {
  context = await sits(browser);
  page = await context.newPage();
});
test.afterAll(async () => {
  for (const one of opened) await one.close();
});

/** The page as it is on a day, anew: who sits there signs in again. */
async function on(day: number, path: string, who = "custodian"): Promise<void> {
  await ahead(day, context);
  await page.goto("about:blank");
  await page.goto(as(who, "agency"));
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.goto(path);
}
const theCase = (): string => `/agency/#/case/${request}`;
const theCopy = (): Locator => page.getByRole("article").filter({ hasText: FROM_HOME });

/** What a home is asked, on a day, in a browser of its own. */
async function atHome(one: BrowserContext, who: string, day = 0): Promise<Page> {
  await ahead(day, one);
  const tab = await one.newPage();
  await tab.goto(as(who, "home"));
  await takenIn(tab);
  return tab;
}

test("R20 R21 an officer asks, a second person signs, and anybody reads that it was asked", async () => {
  await on(0, "/agency/#/new", "officer");
  await page.getByRole("button", { name: "Fill in the demo town's example" }).click();
  await page.getByLabel("Case number").fill(CASE);
  await page.getByRole("button", { name: "Send to a supervisor" }).click();
  await expect(page.getByText("Sent. It waits for a second person of your agency to sign.")).toBeVisible();
  await page.goto("/agency/#/");
  await page.getByRole("link", { name: new RegExp(CASE) }).first().click();
  await expect(page.getByText("You asked for this yourself")).toBeVisible();
  request = page.url().split("/").pop() ?? "";
  expect(request).toMatch(/^[a-z2-7]{26}$/);

  await on(0, theCase(), "supervisor");
  await expect(page.getByRole("heading", { name: "What residents will read" })).toBeVisible();
  await page.getByRole("button", { name: "Sign as second person" }).click();
  await expect(page.getByText("Signed. The request is open to residents.")).toBeVisible();

  const anyone = await context.newPage();
  await anyone.goto(`/record/requests/${request}`);
  await expect(anyone.getByText("The record is signed by the town")).toBeVisible();
  await expect(anyone.getByText(/Folsom/)).toHaveCount(0);
  await anyone.close();
});

test("R22 R24 one home looks, trims and shares; the other declines, and nothing leaves it", async ({ browser }) => {
  const heard = await fetch(`${process.env["FANLIGHT_AHEAD"]}/hubs`, { method: "POST" });
  expect(heard.ok).toBe(true);
  home = await sits(browser);
  resident = await atHome(home, "resident");
  await resident.goto("/home/#/requests");
  await resident.locator(`a[href$="${request}"]`).click();
  await expect(resident.getByText("Decided again on this device, with the same answer")).toBeVisible();
  await resident.getByRole("button", { name: "Show the clip" }).click();
  const share = resident.getByRole("button", { name: "Share this copy", exact: true });
  await expect(resident.getByText("No face was found in the", { exact: false })).toBeVisible();
  await expect(share).toBeEnabled();
  await resident.getByRole("slider", { name: "Start of the copy" }).press("ArrowRight");
  await expect(resident.getByText(/trimmed from/)).toBeVisible();
  await resident.getByLabel("Send now").check();
  await expect(resident.getByLabel("No, to nobody else")).toBeChecked();
  await resident.getByLabel("Yes, to one other local agency").check();
  await expect(resident.getByText("and one other local agency with an agreement here", { exact: false })).toBeVisible();
  await resident.getByLabel("A note to the agency, if you like").fill(NOTE);
  await expect(share).toBeEnabled();
  await look(resident, "answer", resident.getByRole("heading", { name: "Exactly what would be shared" }));
  await share.click();
  await expect(resident.getByText("Your copy was sent")).toBeVisible();
  await resident.getByRole("button", { name: "Say who I am" }).click();
  await resident.getByLabel("Your name").fill("M. Thornquist");
  await resident.getByLabel("I would confirm where and how this was filmed").check();
  await expectAccessible(resident);
  await resident.getByRole("button", { name: "Tell them" }).click();
  await expect(resident.getByText("can read that it is from M. Thornquist.", { exact: false })).toBeVisible();

  const other = await sits(browser);
  const neighbour = await atHome(other, "neighbour");
  await neighbour.goto("/home/#/requests");
  await neighbour.locator(`a[href$="${request}"]`).click();
  await expect(neighbour.getByText("You are free to say no", { exact: false }).first()).toBeVisible();
  const sent: string[] = [];
  neighbour.on("request", (one) => one.method() !== "GET" && sent.push(`${one.method()} ${new URL(one.url()).pathname}`));
  await neighbour.getByRole("button", { name: "Decline", exact: true }).click();
  await expect(neighbour.getByText("Nothing was sent. This is noted on this device only.")).toBeVisible();
  await look(neighbour);
  expect(sent).toEqual([]);
  await other.close();
});

test("R21 R25 R30 the officer plays the copy and answers its note once, in words that do not press; who wrote it reads the answer", async () => {
  await on(0, theCase(), "officer");
  await expect(page.getByRole("button", { name: "Open the clip" })).toHaveCount(3); // two more homes shared
  const copy = theCopy();
  await copy.getByRole("button", { name: "Open the clip" }).click();
  const video = copy.getByRole("region", { name: /^Video: / });
  await video.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => video.locator("video").evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.5);
  await expect(copy.getByText("M. Thornquist")).toBeVisible();
  await expect(copy.getByText(NOTE)).toBeVisible();
  await copy.getByText("What the household agreed to").click();
  await expect(copy.getByText(/Calling it back: A copy that was exported/)).toBeVisible();
  await copy.getByText("Answer it, this once").click();
  const [answer, send] = [copy.getByLabel("Your answer"), copy.getByRole("button", { name: "Send the answer" })];
  await answer.fill("You must call us.");
  await expect(copy.getByText(/“must”: states a duty/)).toBeVisible();
  await expect(send).toBeDisabled();
  await answer.fill(ANSWER);
  await send.click();
  await expect(copy.getByText(/^Answered by /)).toBeVisible();
  await expect(copy.getByText(ANSWER)).toBeVisible();
  await expect(answer).toHaveCount(0);
  const asks: (string | null)[] = [];
  resident.on("request", (one) => one.url().endsWith("/answer") && asks.push(one.headers()["authorization"] ?? null));
  await resident.getByRole("button", { name: "See whether it answered" }).click();
  await expect(resident.getByText(ANSWER)).toBeVisible();
  expect(asks).toEqual([null]); // nobody says who asks
  await expectAccessible(resident);
});

test("R26 R30 notes and an exhibit are written, and what was corrected keeps its earlier words", async () => {
  const copy = theCopy();
  const notes = page.getByRole("region", { name: "Notes" });
  await notes.getByRole("textbox", { name: "Note" }).fill("The person turns left.");
  await notes.getByRole("button", { name: "Write the note" }).click();
  await notes.getByRole("button", { name: "Correct this note" }).click();
  await notes.getByRole("textbox", { name: "Correction of that note" }).fill("The person turns right.");
  await notes.getByRole("button", { name: "Write the correction" }).click();
  const list = notes.getByRole("list", { name: "Notes" });
  await expect(list.getByText("The person turns right.")).toBeVisible();
  await list.getByText("What it said before").click();
  await expect(list.getByText("The person turns left.")).toBeVisible();

  const name = /^Clip \d+/.exec((await copy.getByRole("heading").first().textContent()) ?? "")?.[0] ?? "";
  const exhibits = page.getByRole("region", { name: "Exhibits" });
  await exhibits.getByLabel("Clip").selectOption({ label: name });
  await exhibits.getByLabel("Description").fill("A person at the door");
  await exhibits.getByRole("button", { name: "List as exhibit 1" }).click();
  await expect(exhibits.getByText(`Exhibit 1: ${name.toLowerCase()}`)).toBeVisible();
  const trail = page.getByRole("list", { name: "Custody" });
  for (const line of ["Note written", "Note corrected", `Exhibit 1 listed (${name.toLowerCase()})`]) await expect(trail.getByText(line)).toBeVisible();
  await look(page);
  await exhibits.getByRole("link", { name: "The list for paper" }).click();
  await expect(page.getByRole("heading", { name: `Exhibits of case ${CASE}` })).toBeVisible();
  await expect(page.getByText("A person at the door")).toBeVisible();
  await expectAccessible(page);
  await page.goBack();
});

test("R26 R30 a copy of the case's key is taken back and given again, each with its line of custody", async () => {
  const keys = page.getByRole("region", { name: "Who can open this case" });
  await expect(keys.getByRole("list", { name: "Who can open this case" }).getByRole("listitem")).toHaveCount(3);
  await expect(keys.getByText("There were no two custodians when this key was made.", { exact: false })).toBeVisible();
  await keys.getByRole("button", { name: /^Take back.*Okafor$/ }).click();
  await keys.getByRole("button", { name: "Take it back" }).click();
  await expect(keys.getByRole("listitem")).toHaveCount(2);
  const supervisor = await context.newPage();
  await supervisor.goto(as("supervisor", "agency"));
  await takenIn(supervisor);
  await supervisor.goto(theCase());
  await expect(supervisor.getByText("You hold no copy of this case's key.")).toBeVisible();
  await keys.getByLabel("Let somebody else open it").selectOption({ label: "Sgt. A. Okafor, Supervisor" });
  await keys.getByRole("button", { name: "Give a copy of the key" }).click();
  await expect(keys.getByText("Sgt. A. Okafor can open this case now.", { exact: false })).toBeVisible();
  await expect(supervisor.getByRole("button", { name: "Open the clip" }).first()).toBeVisible();
  const trail = page.getByRole("list", { name: "Custody" });
  await expect(trail.getByText("Key given to Sgt. A. Okafor")).toBeVisible();
  await expect(trail.getByText("Copy of Sgt. A. Okafor taken back")).toBeVisible();
  await expectAccessible(page);
  await supervisor.close();
});

test("R26 R30 the custodian makes the package, and its own page plays and checks it without a network", async ({ browser }) => {
  await on(0, theCase());
  await theCopy().getByRole("link", { name: "Export with an evidence package" }).click();
  await page.getByRole("textbox", { name: "Recipient, by name" }).fill("Office of the prosecutor");
  await page.getByLabel("Ground").fill("Shown to the charging prosecutor");
  await page.getByLabel("Kind of recipient").selectOption("prosecutor");
  await page.getByLabel("To be returned or destroyed by").fill(dayIn(30));
  await page.getByRole("button", { name: "Enter the export and make the package" }).click();
  await expect(page.getByText("The evidence package is made")).toBeVisible();
  await expect(page.getByText("It says that M. Thornquist gave the clip", { exact: false })).toBeVisible();
  const downloading = page.waitForEvent("download");
  await page.getByText(/^Save .*\.zip/).click();
  await (await downloading).saveAs(`${OUT}/evidence.zip`);
  execFileSync(process.env["FANLIGHT_PYTHON"] ?? "python3", ["-m", "zipfile", "-e", `${OUT}/evidence.zip`, `${OUT}/unpacked`]);

  const court = await sits(browser);
  await court.setOffline(true);
  const viewer = await court.newPage();
  viewer.on("request", (one) => expect(one.url()).toMatch(/^(file|blob):/));
  await viewer.goto(pathToFileURL(`${OUT}/unpacked/index.html`).href);
  await expect(viewer.getByText(CASE)).toBeVisible();
  await viewer.locator("#zip").setInputFiles(`${OUT}/evidence.zip`);
  await expect(viewer.getByRole("status")).toHaveText(/^All \d+ checks hold\. Not in it: time stamp, C2PA\.$/);
  await expect(viewer.getByRole("heading", { name: "Who gave it" })).toBeVisible();
  await expect(viewer.getByText("Would confirm where and how it was filmed.")).toBeVisible();
  const draft = await court.newPage();
  await draft.goto(pathToFileURL(`${OUT}/unpacked/certificate.html`).href);
  await expect(draft.getByText("I am M. Thornquist.", { exact: false })).toBeVisible();
  await expect(draft.getByText("Draft, not signed.")).toHaveCount(2);
  await expectAccessible(draft);
  await look(draft, "drafts", draft.getByRole("heading", { name: "Drafts of certificates" }));
  await draft.close();
  const video = viewer.locator("video");
  await video.evaluate(async (one: HTMLVideoElement) => {
    one.muted = true;
    await one.play();
  });
  await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(0.3);
  await look(viewer, "viewer", viewer.getByRole("status"));
  await court.close();
});

test("R30 a redacted copy is made beside the clip, which stays as it came", async () => {
  await on(0, theCase());
  await theCopy().getByRole("link", { name: "Make a redacted copy" }).click();
  await expect(page.getByRole("heading", { name: "Make a redacted copy" })).toBeVisible();
  await page.getByRole("button", { name: "Open the clip" }).click();
  await page.getByRole("switch", { name: "Blur faces" }).click(); // the street has none, and looking for them is slow
  await page.getByRole("button", { name: "Add a box" }).click();
  await page.getByRole("button", { name: "Box 1", exact: true }).press("ArrowLeft");
  await look(page);
  await page.getByRole("button", { name: "Make the copy" }).click();
  await page.getByLabel("Why, in a sentence").fill("The plate of a neighbour's car");
  await page.getByRole("button", { name: "Keep it with the clip" }).click();
  await expect(page.getByText("The redacted copy lies beside the clip")).toBeVisible();
  await page.getByRole("link", { name: "Back to the case" }).last().click();
  await expect(page.getByRole("heading", { name: "Make a redacted copy" })).toHaveCount(0);
  const list = theCopy().getByRole("list").filter({ hasText: "Redacted copy 1, by T. Marsh" });
  await expect(list.getByText("1 part hidden by hand. The plate of a neighbour's car")).toBeVisible();
  await list.getByRole("button", { name: "Open it" }).click();
  await expect.poll(() => list.locator("video").evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
  await look(page, "redacted", list);
});

test("R27 the copy goes to one other agency, whose key is in the record first, and to nobody else from there", async ({ browser }) => {
  await on(0, theCase());
  await expect(page.getByText("Whoever gave it said no to any other agency.")).toHaveCount(2); // the two that came without a choice
  await theCopy().getByRole("link", { name: "Hand to another agency" }).click();
  await expect(page.getByRole("heading", { name: "Hand a clip to another agency" })).toBeVisible();
  await page.getByLabel("To which agency").selectOption({ label: "Ferry Police (demo) (CA0380100)" });
  await page.getByLabel("Ground").fill("The same van was seen at the ferry");
  await page.getByLabel("Last day").fill(dayIn(90));
  await look(page, "offer", page.getByRole("heading", { name: "Hand a clip to another agency" }));
  await page.getByRole("button", { name: "Offer it" }).click();
  await expect(page.getByText("The offer is made")).toBeVisible();

  elsewhere = await sits(browser);
  await ahead(0, elsewhere);
  theirs = await elsewhere.newPage();
  await theirs.goto(as("ferry", "agency"));
  await takenIn(theirs);
  await theirs.getByRole("link", { name: "Between agencies" }).click();
  await expect(theirs.getByText("The same van was seen at the ferry", { exact: false })).toBeVisible();
  await theirs.getByLabel("Ferry officer").check();
  await look(theirs);
  await theirs.getByRole("button", { name: "Accept, and make a key" }).click();
  await expect(theirs.getByText("The key is in the record in a moment.", { exact: false })).toBeVisible();

  await page.getByRole("link", { name: "See all between agencies" }).click();
  await expect(page.getByRole("heading", { name: "Between agencies" })).toBeVisible();
  await page.getByRole("button", { name: "Hand it over" }).click();
  await expect(page.getByText("Handed over", { exact: true })).toBeVisible();
  await look(page);

  await theirs.reload();
  await theirs.getByRole("button", { name: "Open the clip" }).click();
  const film = theirs.locator("video");
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1);
  await expect(theirs.getByText(NOTE)).toBeVisible();
  await expect(theirs.getByText("Can open it: Ferry custodian, Ferry officer")).toBeVisible();
  await look(theirs, "received", theirs.getByRole("heading", { name: "Between agencies" }));
});

test("R24 R42 once the supervisor closes it, the record shows how many shared as a range alone", async () => {
  await on(0, theCase(), "supervisor");
  await page.getByRole("button", { name: "Close the request" }).click();
  await page.getByRole("button", { name: "Close it" }).click();
  await expect(page.getByText("Closed. Nobody can answer it any more.")).toBeVisible();
  const anyone = await context.newPage();
  await anyone.goto(`/record/requests/${request}`);
  await expect(anyone.getByText(/1.4/).first()).toBeVisible();
  await anyone.close();
});

test("R26 what ends when, why, and which exports are out", async () => {
  await on(0, "/agency/#/ends");
  await expect(page.getByRole("heading", { name: "Ends", exact: true })).toBeVisible();
  await expect(page.getByText("180 days after the request, the limit for all")).toBeVisible();
  await expect(page.getByText("Office of the prosecutor")).toBeVisible();
  await look(page, "ends");
});

test("R30 cameras of different clocks are played on one; what was corrected is stated, and one that is broken stops no other", async () => {
  await on(0, theCase(), "officer"); // who asked can open it
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
  for (const n of [1, 2, 3]) await expect(trail.getByText(`Opened (clip ${n})`).first()).toBeVisible();
});

test("R26 thirty days before, who is concerned is told, on the case's page", async () => {
  await on(150, "/agency/#/ends");
  await expect(page.getByText("Out past its date")).toBeVisible();
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "When this ends" })).toBeVisible();
  await expect(page.getByText(/^Told on /)).toBeVisible();
});

test("R27 the other agency's copy went on its own day, long before", async () => {
  await ahead(150, elsewhere);
  await theirs.goto("about:blank");
  await theirs.goto(as("ferry", "agency"));
  await takenIn(theirs);
  await theirs.getByRole("link", { name: "Between agencies" }).click();
  await expect(theirs.getByText("Destroyed", { exact: true })).toBeVisible();
  await expect(theirs.getByText("its last day is over", { exact: false })).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Open the clip" })).toHaveCount(0);
  await look(theirs);
  await theirs.close();
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

test("R26 nobody of the agency has the clip any more, and who gave it reads that it is gone", async () => {
  for (const who of ["officer", "supervisor"]) {
    await on(202, theCase(), who);
    await expect(page.getByText("The key of this case and every copy under it were destroyed", { exact: false })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Destroyed copies" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Open the clip" })).toHaveCount(0);
  }
  await resident.close();
  resident = await atHome(home, "resident", 202);
  await resident.goto(`/home/#/request/${request}`);
  await resident.getByRole("button", { name: "Ask for my copy back" }).click();
  await resident.getByRole("button", { name: "Ask for it back", exact: true }).click();
  await expect(resident.getByText("It cannot be had back", { exact: false })).toBeVisible();
  await look(resident);
});
