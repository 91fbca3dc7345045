// The main job, by hand, in a browser: R01 R03 R05 R20 R21 R22 R24 R30 R42. One story in order; each step is a page.
import { expect, test, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { device, somebody } from "./passkeys.ts";
import { be, expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

const NOTE = "The bicycle in the picture is mine.";

let context: BrowserContext;
let base: string;
let request: string;
let resident: Page;
let officer: Page;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  base = baseURL ?? "";
  // Without motion, so that axe never looks at a colour on its way to another.
  const reducedMotion = "reduce";
  context = await browser.newContext({ baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile, reducedMotion });
});
test.afterAll(() => context.close());

const caseNumber = (name: string): string => `E2E-${name.toUpperCase()}-${Date.now().toString(36).toUpperCase()}`;

/** The page checked itself: signature, entry and cosignature hold, and it says that the demo's witness is no outsider. */
async function expectChecked(page: Page): Promise<void> {
  const verdict = page.getByRole("status").filter({ hasText: /[345] of 5 checks hold\. Checked, but by the operator's own witness/ });
  await expect(verdict).toBeVisible();
  await expect(page.getByText("The record is signed by the town")).toBeVisible();
  await expect(page.getByText("witness.fanlight.local").first()).toBeVisible();
}

/** Two answers side by side that differ in their words alone. */
async function expectEqualWeight(yes: Locator, no: Locator): Promise<void> {
  const looks = (one: Locator): Promise<unknown> =>
    one.evaluate((button) => {
      const { width, height, top } = button.getBoundingClientRect();
      const of = getComputedStyle(button);
      const { color, backgroundColor, borderColor, borderWidth, borderStyle, fontSize, fontWeight, opacity, boxShadow, cursor } = of;
      return { width, height, top, color, backgroundColor, borderColor, borderWidth, borderStyle, fontSize, fontWeight, opacity, boxShadow, cursor, focused: button === document.activeElement };
    });
  await yes.page().mouse.move(0, 0); // it rests where the last button was, which may be on one of the two
  await expect(async () => expect(await looks(yes)).toEqual(await looks(no))).toPass({ timeout: 90_000 });
}

test("R01 R03 a resident sees what the camera saw and plays a sealed clip", async () => {
  resident = await be(context, base, "resident");
  await expect(resident.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  const first = resident.getByRole("link", { name: /A person came by/ }).first();
  await expect(first).toBeVisible({ timeout: 150_000 });
  const thumbnail = first.locator("img");
  await expect.poll(() => thumbnail.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(100);
  await expectAccessible(resident);

  await first.click();
  const video = resident.getByRole("region", { name: /^Video: / });
  await video.getByRole("button", { name: "Play", exact: true }).click();
  const media = video.locator("video");
  await expect.poll(() => media.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(0.5);
  const position = video.getByRole("slider", { name: "Position" });
  const before = await media.evaluate((v: HTMLVideoElement) => v.currentTime);
  await position.press("ArrowRight");
  await expect.poll(() => media.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(before + 3);
  expect(await media.evaluate((v: HTMLVideoElement) => v.error)).toBeNull();
  await expect(resident.getByText("Altered on the way")).toHaveCount(0);
  await expectAccessible(resident);
});

test("R20 R21 an officer asks, the ordinance answers by clause while the form is filled in", async ({}, { project }) => {
  officer = await be(context, base, "officer");
  await expectAccessible(officer);
  await officer.goto("/agency/#/new");
  // The example asks for the time up to the last whole minute: let the clip that was just made be before it.
  await officer.waitForTimeout(60_000 - (Date.now() % 60_000) + 1_000);
  await officer.getByRole("button", { name: "Fill in the demo town's example" }).click();
  await officer.getByLabel("Case number").fill(caseNumber(project.name));
  await expect(officer.getByText("sq mi").first()).toBeVisible();

  const from = officer.getByLabel("From");
  const wanted = await from.inputValue();
  const early = new Date(`${wanted}:00Z`);
  early.setUTCHours(early.getUTCHours() - 11);
  await from.fill(early.toISOString().slice(0, 16));
  const refused = officer.getByRole("heading", { name: "Would be refused" });
  await expect(refused).toBeVisible();
  await from.fill(wanted);
  await expect(refused).toHaveCount(0);
  await expectAccessible(officer);

  await officer.getByRole("button", { name: "Send to a supervisor" }).click();
  await expect(officer.getByText("Sent. It waits for a second person of your agency to sign.")).toBeVisible();
});

test("R21 the map is drawn from what ships, and corners can be set on it", async () => {
  const drawing = await be(context, base, "officer");
  await drawing.goto("/agency/#/new");
  const map = drawing.locator("canvas.maplibregl-canvas");
  await expect(map).toBeVisible({ timeout: 60_000 });
  await expect(drawing.getByText("Drawing the street map")).toHaveCount(0, { timeout: 120_000 });
  const box = await map.boundingBox();
  if (!box) throw new Error("the map has no size");
  for (const [x, y] of [[0.35, 0.35], [0.6, 0.35], [0.6, 0.65], [0.35, 0.65]] as const) {
    await map.click({ position: { x: box.width * x, y: box.height * y } });
  }
  await expect(drawing.getByRole("list", { name: "Corners of the area" }).getByRole("listitem")).toHaveCount(4);
  await expect(drawing.getByText("© OpenStreetMap contributors")).toBeVisible();
  await drawing.close();
});

test("R21 the officer cannot sign twice; a second person reads it whole and signs", async () => {
  await officer.goto("/agency/#/");
  await officer.getByRole("link", { name: /E2E-/ }).first().click();
  await expect(officer.getByText("You asked for this yourself")).toBeVisible();
  request = officer.url().split("/").pop() ?? "";
  expect(request).toMatch(/^[a-z2-7]{26}$/);

  const supervisor = await be(context, base, "supervisor");
  await supervisor.goto(`/agency/#/case/${request}`);
  await expect(supervisor.getByRole("heading", { name: "What residents will read" })).toBeVisible();
  await expect(supervisor.getByRole("heading", { name: "What the public sees" })).toBeVisible();
  await expect(supervisor.getByText("between", { exact: false }).first()).toBeVisible();
  await expectAccessible(supervisor);
  await supervisor.getByRole("button", { name: "Sign as second person" }).click();
  await expect(supervisor.getByText("Signed. The request is open to residents.")).toBeVisible();
  await expectAccessible(supervisor);
  await supervisor.close();
});

test("R42 the public page shows request and decision at once and checks itself", async () => {
  const anyone = await context.newPage();
  await anyone.goto(`/record/requests/${request}`);
  await expectChecked(anyone);
  await expect(anyone.getByText(/Folsom/)).toHaveCount(0);
  await expectAccessible(anyone);
  await anyone.close();
});

test("R22 R24 the resident reads who asks, sees what was checked, trims and shares", async () => {
  const fetched: string[] = [];
  resident.on("request", (one) => fetched.push(new URL(one.url()).pathname));
  await resident.goto("/home/#/requests");
  const asked = resident.locator(`a[href$="${request}"]`);
  await expect(asked).toBeVisible({ timeout: 60_000 });
  const from = fetched.length;
  await asked.click();
  await expect(resident.getByText("Decided again on this device, with the same answer")).toBeVisible();
  await expect(resident.getByText("You are free to say no", { exact: false }).first()).toBeVisible();
  const [share, decline] = [/^Share this copy$/, /^Decline$/].map((name) => resident.getByRole("button", { name }));
  if (!share || !decline) throw new Error("no answer buttons");
  // R24: reading fetches nothing that ignoring does not; the control is the clip, once it is wanted.
  const ofClips = (): string[] => fetched.slice(from).filter((path) => path.startsWith("/v1/") && path.includes("/pay"));
  expect(ofClips()).toEqual([]);
  await resident.getByRole("button", { name: "Show the clip" }).click();
  await expect(resident.getByLabel("Blur every face that is found")).toBeChecked(); // case.spec.ts lets it look
  await resident.getByLabel("Leave faces as the camera saw them").check();
  await expect(share).toBeEnabled({ timeout: 60_000 });
  expect(ofClips().length).toBeGreaterThan(0);
  await expectEqualWeight(share, decline);
  await resident.getByRole("slider", { name: "Start of the copy" }).press("ArrowRight");
  await expect(resident.getByText(/trimmed from/)).toBeVisible();
  await resident.getByLabel("Send now").check();
  const note = resident.getByLabel("A note to the agency, if you like");
  await note.fill("x".repeat(601));
  await expect(resident.getByText("1 character too many")).toBeVisible();
  await expect(share).toBeDisabled();
  await expect(decline).toBeEnabled(); // declining waits for nothing
  await note.fill(NOTE);
  await expect(share).toBeEnabled();
  await expect(resident.getByText("are signed into the copy", { exact: false })).toBeVisible();
  await expectAccessible(resident);
  await share.click();
  await expect(resident.getByText("Your copy was sent")).toBeVisible({ timeout: 60_000 });
  await resident.getByRole("button", { name: "See whether it answered" }).click();
  await expect(resident.getByText("There is no answer so far.", { exact: false })).toBeVisible();
  expect(fetched.some((path) => path.startsWith("/v1/drops/"))).toBe(true);
  expect(fetched.filter((path) => path.includes(request))).toEqual([]); // nothing says which request was read
});

test("R30 the officer plays what was disclosed", async () => {
  await officer.goto(`/agency/#/case/${request}`);
  await officer.reload();
  await officer.getByRole("button", { name: "Open the clip" }).first().click();
  const video = officer.getByRole("region", { name: /^Video: / });
  await video.getByRole("button", { name: "Play", exact: true }).click();
  const media = video.locator("video");
  await expect.poll(() => media.evaluate((v: HTMLVideoElement) => v.currentTime)).toBeGreaterThan(0.5);
  await expect(officer.getByText(NOTE)).toBeVisible();
  await expectAccessible(officer);
});

test("R26 R30 the custodian exports; the evidence package is made in the page", async ({}, { project }) => {
  const custodian = await be(context, base, "custodian");
  await custodian.goto(`/agency/#/case/${request}`);
  await custodian.getByRole("link", { name: "Export with an evidence package" }).first().click();
  await custodian.getByRole("textbox", { name: "Recipient, by name" }).fill("Office of the District Attorney (demo)");
  await custodian.getByLabel("Ground").fill("Shown to the charging prosecutor");
  await custodian.getByLabel("Kind of recipient").selectOption("prosecutor");
  const due = custodian.getByLabel("To be returned or destroyed by");
  if (!(await due.inputValue())) await due.fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await expectAccessible(custodian);
  const sent: string[] = [];
  custodian.on("request", (one) => one.method() !== "GET" && sent.push(new URL(one.url()).pathname));
  await custodian.getByRole("button", { name: "Enter the export and make the package" }).click();
  await expect(custodian.getByText("The evidence package is made")).toBeVisible();
  const downloading = custodian.waitForEvent("download");
  await custodian.getByText(/^Save .*\.zip/).click();
  const download = await downloading;
  await download.saveAs(`${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/evidence-${project.name}.zip`);
  expect(sent.every((path) => path.endsWith("/exports"))).toBe(true);
  await custodian.close();
});

test("R30 the defence gets a copy that equals the prosecution's, and custody says so", async ({}, { project }) => {
  const custodian = await be(context, base, "custodian");
  await custodian.goto(`/agency/#/case/${request}`);
  await custodian.getByRole("link", { name: "Export with an evidence package" }).first().click();
  await custodian.getByRole("textbox", { name: "Recipient, by name" }).fill("Office of the Public Defender (demo)");
  await custodian.getByLabel("Ground").fill("Discovery");
  await custodian.getByLabel("Kind of recipient").selectOption("defence");
  await custodian.getByLabel("To be returned or destroyed by").fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  await expect(custodian.getByLabel("Same evidence as the package for")).toContainText("Office of the District Attorney (demo)");
  await expectAccessible(custodian);
  await custodian.getByRole("button", { name: "Enter the export and make the package" }).click();
  await expect(custodian.getByText("equal to that of the package you chose")).toBeVisible();
  await expectAccessible(custodian);
  const downloading = custodian.waitForEvent("download");
  await custodian.getByText(/^Save .*\.zip/).click();
  await (await downloading).saveAs(`${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/defence-${project.name}.zip`);
  await custodian.getByRole("link", { name: "Back to the case" }).last().click();
  await expect(custodian.getByText(/^Defence-copy to Office of the Public Defender/).first()).toBeVisible();
  await custodian.close();
});

test("R24 R42 once it is closed, the public page shows a band, and still no number", async () => {
  const supervisor = await be(context, base, "supervisor");
  await supervisor.goto(`/agency/#/case/${request}`);
  await supervisor.getByRole("button", { name: "Close the request" }).click();
  await supervisor.getByRole("button", { name: "Close it" }).click();
  await expect(supervisor.getByText("Closed. Nobody can answer it any more.")).toBeVisible();
  await supervisor.close();

  const anyone = await context.newPage();
  await anyone.goto(`/record/requests/${request}`);
  await expect(anyone.getByText(/1.4/).first()).toBeVisible();
  // R26: who gave the copy can have it back still, without anybody's help and without a name.
  await resident.goto(`/home/#/request/${request}`);
  await expect(resident.getByRole("heading", { name: "This request is closed, or was never for your area" })).toBeVisible({ timeout: 60_000 });
  await resident.getByRole("button", { name: "Ask for my copy back" }).click();
  await expectEqualWeight(resident.getByRole("button", { name: "Ask for it back", exact: true }), resident.getByRole("button", { name: "Leave it with them" }));
  await resident.getByRole("button", { name: "Ask for it back", exact: true }).click();
  await expect(resident.getByText("You asked for it back.", { exact: false })).toBeVisible();
  await expectAccessible(resident);
  await expectChecked(anyone);
  await anyone.close();
});

test("R20 R47 an administrator changes roles, by keyboard too, and reaches no request", async () => {
  const admin = await be(context, base, "administrator");
  await admin.goto("/agency/#/new");
  await expect(admin.getByRole("heading", { name: "People", exact: true })).toBeVisible();
  await expect(admin.getByRole("link", { name: "Requests", exact: true })).toHaveCount(0);
  const role = admin.getByLabel("Role of T. Marsh");
  await expectAccessible(admin);
  for (const [to, said] of [["supervisor", "T. Marsh is supervisor now."], ["custodian", "T. Marsh is custodian now."]] as const) {
    await role.selectOption(to);
    await expect(admin.getByRole("heading", { name: `Make T. Marsh ${to}?` })).toBeVisible();
    await expect(role).not.toHaveValue(to);
    await expectAccessible(admin);
    await admin.keyboard.press("Tab");
    await expect(admin.getByRole("button", { name: "Change the role" })).toBeFocused();
    await admin.keyboard.press("Enter");
    await expect(admin.getByText(said)).toBeVisible();
    await expect(role).toHaveValue(to);
  }
  await expect(admin.getByText(/became custodian\. By J\. Ferreira\./).first()).toBeVisible();
  await admin.getByRole("button", { name: "Deactivate T. Marsh" }).click();
  await expectEqualWeight(admin.getByRole("button", { name: "Deactivate", exact: true }), admin.getByRole("button", { name: "Leave it as it is" }));
  await admin.getByRole("button", { name: "Leave it as it is" }).click();
  await expect(role).toHaveValue("custodian");
  await expectAccessible(admin);
  await admin.close();
});

test("R20 an administrator writes what requests begin with, everybody reads it, and an officer begins with it", async ({}, { project }) => {
  const name = `Parcel taken, ${project.name}`;
  const admin = await be(context, base, "administrator");
  await admin.getByRole("link", { name: "Wordings" }).click();
  await admin.getByRole("button", { name: "Write a wording" }).click();
  await admin.getByLabel("Name", { exact: true }).fill(name);
  await admin.getByLabel("Purpose").selectOption("find_property");
  await admin.getByLabel("Words to residents").fill("We know you have a camera.");
  await expect(admin.getByText("we know you", { exact: false })).toBeVisible();
  await expectAccessible(admin);
  await admin.getByLabel("Words to residents").fill("A parcel was taken from a porch. Please look whether your camera saw it.");
  await admin.getByRole("button", { name: "Make it public" }).click();
  await expect(admin.getByText(`“${name}” is public now.`)).toBeVisible();
  await admin.getByRole("button", { name: `Change ${name}` }).click();
  await admin.getByLabel("Words to residents").fill("A parcel was taken from a porch. Did your camera see it?");
  await admin.getByRole("button", { name: "Make it public" }).click();
  const one = admin.getByRole("article", { name });
  await expect(one.getByText("1 earlier version")).toBeVisible();
  await expectAccessible(admin);
  await admin.close();

  const officer = await be(context, base, "officer");
  await officer.goto("/agency/#/new");
  await officer.getByLabel("What you tell residents").fill("My own words.");
  await officer.getByLabel("Begin with a wording").selectOption({ label: name });
  await expect(officer.getByLabel("What you tell residents")).toHaveValue("A parcel was taken from a porch. Did your camera see it?");
  await officer.getByRole("button", { name: "Put back what I had written" }).click();
  await expect(officer.getByLabel("What you tell residents")).toHaveValue("My own words.");
  await officer.getByRole("button", { name: "Empty the form" }).click();
  await officer.close();

  const anyone = await context.newPage();
  await anyone.goto("/record/agencies/CA0389900");
  await expect(anyone.getByRole("heading", { name })).toBeVisible();
  await expectAccessible(anyone);
  await anyone.close();
});

test("R20 R47 somebody new comes to the agency by a link and a compared code, and an invitation is taken back", async ({ browser }, { project, outputDir }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  const name = `K. Osei of ${project.name}`;
  const admin = await be(context, base, "administrator");
  const invitations = admin.getByRole("region", { name: "Invitations" });
  await expect(invitations.getByText("No invitation is open.")).toBeVisible();
  await admin.getByRole("button", { name: "Make the link" }).click();
  await expect(admin.getByText("Write their name.")).toBeVisible();
  const offer = async (who: string, role: string): Promise<string> => {
    await admin.getByLabel("Their name").fill(who);
    await admin.getByLabel("As", { exact: true }).selectOption(role);
    await admin.getByRole("button", { name: "Make the link" }).click();
    await expect(admin.getByRole("heading", { name: `Link for ${who}` })).toBeVisible();
    const link = (await admin.locator("pre").textContent()) ?? "";
    await expectAccessible(admin);
    await admin.getByRole("button", { name: "I gave it to them" }).click();
    await expect(admin.locator("pre")).toHaveCount(0);
    return link;
  };
  const wrong = await offer("Somebody Wrong", "officer");
  await admin.getByRole("button", { name: "Take back Somebody Wrong" }).click();
  await expect(admin.getByText("The invitation of Somebody Wrong is taken back.", { exact: false })).toBeVisible();
  const link = await offer(name, "custodian");
  await admin.screenshot({ path: `${outputDir}/invitations.png`, fullPage: true });

  const { page, context: theirs, broken, cdp, authenticator } = await somebody(browser, { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile });
  await page.goto(wrong);
  await expect(page.getByText("This invitation is not open", { exact: false })).toBeVisible();
  await expectAccessible(page);
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByText(`invites ${name} to be its custodian.`, { exact: false })).toBeVisible();
  await expect(page).toHaveURL(/#\/join$/);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Make my keys and a passkey" }).click();
  const code = page.locator(".code");
  await expect(code).toHaveText(/^(\d{4} ){5}\d{4}$/);
  await expectAccessible(page);
  await page.screenshot({ path: `${outputDir}/join.png`, fullPage: true });
  await page.getByRole("button", { name: "I was confirmed: sign in" }).click();
  await expect(page.getByText("You do not count yet.")).toBeVisible();

  await admin.getByRole("button", { name: `Look again ${name}` }).click();
  await expect(invitations.locator(".code")).toHaveText((await code.textContent()) ?? "");
  await expectEqualWeight(admin.getByRole("button", { name: "Same code: confirm" }), admin.getByRole("button", { name: "Other code: take back" }));
  await expectAccessible(admin);
  await admin.screenshot({ path: `${outputDir}/compare.png`, fullPage: true });
  await admin.getByRole("button", { name: "Same code: confirm" }).click();
  await expect(admin.getByText(`${name} came by an invitation as custodian. By J. Ferreira.`, { exact: false })).toBeVisible();
  await expect(async () => {
    await page.getByRole("button", { name: "I was confirmed: sign in" }).click();
    await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  }).toPass();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.clock.install();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.clock.fastForward("31:00");
  await expect(page.getByRole("heading", { name: "Locked" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeHidden();
  await expectAccessible(page);
  await page.screenshot({ path: `${outputDir}/locked.png` });
  await page.getByRole("button", { name: "Open with my passkey" }).click();
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.goto("/agency/#/people");
  await expect(page.getByText(`${name} came by an invitation`, { exact: false })).toBeVisible();
  await expect(page.getByRole("region", { name: "What your auditor looked at" }).getByText("No auditor has looked yet.")).toBeVisible();
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator });
  await device(cdp);
  await page.getByRole("button", { name: "Make another passkey" }).click();
  await expect(page.getByText("Made. It opens your desk wherever you have it.")).toBeVisible();
  await page.getByRole("button", { name: /^Remove the passkey made on .*, used just now$/ }).click();
  await expect(page.getByText("Removed. It opens nothing from now on.")).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: `${outputDir}/second-passkey.png`, fullPage: true });
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("heading", { name: "People", exact: true })).toBeVisible();
  expect(broken).toEqual([]);
  await theirs.close();

  await admin.clock.install();
  await admin.reload();
  await admin.getByLabel("Their name").fill("What was typed");
  await admin.clock.fastForward("31:00");
  await expect(admin.getByLabel("Their name")).toBeHidden();
  await admin.getByRole("button", { name: "Go on" }).click();
  await expect(admin.getByLabel("Their name")).toHaveValue("What was typed");

  await admin.getByRole("button", { name: `Deactivate ${name}` }).click();
  await admin.getByRole("button", { name: "Deactivate", exact: true }).click();
  await expect(admin.getByText(`${name} is deactivated.`)).toBeVisible();
  await admin.close();
});
