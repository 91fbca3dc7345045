// What people of a household do besides living in it: roles without pictures, leaving, two households, passkeys and sign-ins,
// invitations that were left half done, two owners at once, moving out. R05 R10 R52. A server without demo people.
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";
import { begin, bringIn, digitsOf, keptSeed, letIn, makePasskey, offer, trySheet } from "./doing.ts";
import { somebody, type Someone } from "./passkeys.ts";
import { expectAccessible } from "./people.ts";

test.describe.configure({ mode: "serial" });

let options: BrowserContextOptions;
let olga: Someone;
let max: Someone;
const all: Someone[] = [];

test.beforeAll(({}, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  options = { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile };
});
test.afterAll(async () => {
  for (const one of all) await one.context.close();
});

type Browser = Parameters<typeof somebody>[0];
async function anybody(browser: Browser, prf = true): Promise<Someone> {
  const one = await somebody(browser, options, { prf });
  all.push(one);
  return one;
}
const as = (role: string) => async (page: Page) => page.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
const gone = (page: Page) => expect(page.getByRole("heading", { name: "You are in no household here" })).toBeVisible({ timeout: 60_000 });

async function openPerson(page: Page, name: string): Promise<void> {
  await page.goto("/home#/people");
  await page.getByRole("link", { name: new RegExp(`^${name}`) }).click();
  await expect(page.getByRole("heading", { name, level: 1 })).toBeVisible();
}

test("R10 who installs and who lets the home see who is of it and no picture", async ({ browser }) => {
  olga = await anybody(browser);
  await begin(olga.page, "Olga");
  for (const [name, role] of [["Ivo", "Installer"], ["Hana", "HOA or landlord"]] as const) {
    const one = await anybody(browser);
    await one.page.goto(await offer(olga.page, name, as(role)));
    await makePasskey(one.page, name);
    await letIn(olga.page, name, await digitsOf(one.page));
    await expect(one.page.getByRole("navigation", { name: "Main" })).toBeVisible();
    await expectAccessible(one.page);
    const refused = await one.page.evaluate(async () => (await fetch("/v1/clips?day=2026-11-22")).status);
    expect(refused).toBeGreaterThanOrEqual(400);
    await one.page.goto("/home#/live");
    await expect(one.page.getByLabel(/as it is now$/)).toHaveCount(0);
    await one.page.goto("/home#/house");
    await expect(one.page.getByRole("link", { name: /^People/ })).toBeVisible();
    await expect(one.page.getByRole("link", { name: /^Recovery sheet/ })).toHaveCount(0);
    await one.page.goto("/home#/people");
    await expect(one.page.getByRole("link", { name: "Invite somebody" })).toHaveCount(0);
    await expectAccessible(one.page);
  }
  await olga.page.goto("/home#/people");
  await expect(olga.page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
});

test("R52 leaving takes one tap, and the others see that somebody left", async ({ browser }) => {
  max = await anybody(browser);
  await bringIn(olga.page, max.page, "Max");
  await max.page.goto("/home#/people");
  await max.page.getByRole("link", { name: "Leave this household" }).click();
  await expectAccessible(max.page);
  await max.page.getByRole("button", { name: "Leave now" }).click();
  await gone(max.page);
  // An owner's device writes the next list; then he is out of it.
  await olga.page.goto("/home#/people");
  await olga.page.reload();
  await expect(olga.page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  await expect(olga.page.getByRole("link", { name: /^Max/ })).toHaveCount(0);
  await olga.page.goto("/home#/devices");
  await expect(olga.page.getByText("Somebody left the household", { exact: false })).toBeVisible();
  // The last owner is told what stands in the way.
  await olga.page.goto("/home#/leave");
  await olga.page.getByRole("button", { name: "Leave now" }).click();
  await expect(olga.page.getByText("You are the only owner.", { exact: false })).toBeVisible();
});

test("an invitation that was left half done goes on where it was, and ends for whoever comes too late", async ({ browser }) => {
  const link = await offer(olga.page, "Max");
  await max.page.goto("about:blank");
  await max.page.goto(link);
  const digits = await digitsOf(max.page); // he has a passkey here, and is signed in
  await max.page.goto("about:blank"); // he closes it, and comes back by the link
  await olga.page.goto("/home#/people");
  await olga.page.reload();
  await expect(olga.page.getByText("Answered: compare the digits")).toBeVisible();
  await max.page.goto(link);
  expect(await digitsOf(max.page)).toBe(digits);

  const late = await anybody(browser);
  await late.page.goto(link);
  await makePasskey(late.page, "Late");
  await expect(late.page.getByText("Somebody else answered this invitation before you.")).toBeVisible();
  await expectAccessible(late.page);

  await olga.page.getByRole("link", { name: /^For Max/ }).click();
  await letIn(olga.page, "Max", digits);
  await expect(max.page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();

  await late.page.goto("about:blank");
  await late.page.goto(link);
  await expect(late.page.getByText("This invitation has ended.")).toBeVisible();
  // One that is ended before it was answered.
  const other = await offer(olga.page, "Nobody");
  await olga.page.getByRole("button", { name: "End this invitation" }).click();
  await expect(olga.page.getByRole("heading", { name: "People", exact: true })).toBeVisible();
  await late.page.goto("about:blank");
  await late.page.goto(other);
  await expect(late.page.getByText("This invitation has ended.")).toBeVisible();
});

test("two owners who change the list at once both get their way", async ({ browser }) => {
  await openPerson(olga.page, "Max");
  await olga.page.getByRole("radio", { name: /^Owner/ }).check();
  await olga.page.getByRole("button", { name: "Save the role" }).click();
  await expect(olga.page.getByText("Saved.", { exact: false })).toBeVisible();
  await max.page.goto("/home#/people");
  await max.page.reload();
  await expect(max.page.getByRole("link", { name: "Invite somebody" })).toBeVisible();
  await openPerson(olga.page, "Ivo");
  await openPerson(max.page, "Hana");
  await Promise.all([olga.page.getByRole("button", { name: "Remove Ivo" }).click(), max.page.getByRole("button", { name: "Remove Hana" }).click()]);
  for (const { page } of [olga, max]) {
    await expect(page.getByRole("heading", { name: "People", exact: true })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("link", { name: /^(Olga|Max)/ })).toHaveCount(2);
    await expect(page.getByRole("link", { name: /^(Ivo|Hana)/ })).toHaveCount(0);
  }
});

test("R05 a second passkey signs in elsewhere: every member is told, the session is ended from here, the passkey goes", async ({ browser }) => {
  const { page, cdp, authenticator } = olga;
  await page.goto("/home#/devices");
  await page.getByRole("button", { name: "I have seen these" }).click();
  await expect(page.getByText("Nothing to tell.")).toBeVisible();
  await max.page.goto("/home#/devices");
  await max.page.getByRole("button", { name: "I have seen these" }).click();
  await expect(max.page.getByText("Nothing to tell.")).toBeVisible();
  // A security key beside the passkey of this device. It carries no key, so this device shows the other one the person's.
  const { credentials: first } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: authenticator });
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator });
  const second = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: false, automaticPresenceSimulation: true },
  });
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText(/^The passkey was added\./)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Remove the passkey of/ })).toHaveCount(2);
  await expectAccessible(page);

  const elsewhere = await anybody(browser, false);
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: second.authenticatorId });
  for (const credential of credentials) await elsewhere.cdp.send("WebAuthn.addCredential", { authenticatorId: elsewhere.authenticator, credential });
  await elsewhere.page.goto("/home");
  await elsewhere.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(elsewhere.page.getByRole("heading", { name: "This browser does not have your key yet" })).toBeVisible();
  await page.getByRole("button", { name: "Show the code" }).click();
  // The lists above the code are read anew and push it down: it is photographed where it stays.
  await expect(page.getByRole("button", { name: /^Sign out .+, since/ })).toBeVisible();
  const photo = `${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/own-key.png`;
  await page.getByRole("img", { name: "Your key as a code to scan" }).screenshot({ path: photo });
  await elsewhere.page.locator('input[type="file"]').setInputFiles(photo);
  await expect(elsewhere.page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  for (const one of [olga, max]) {
    await one.page.reload();
    await expect(one.page.getByText(/^A new device signed in/)).toBeVisible();
    await expect(one.page.getByText(/^A passkey was added/)).toBeVisible();
  }
  await page.getByRole("button", { name: /^Sign out .+, since/ }).click();
  await expect(page.getByText("Signed out.")).toBeVisible();
  await elsewhere.page.reload();
  await expect(elsewhere.page.getByText("This tab was signed out.", { exact: false })).toBeVisible();

  const carries = page.getByRole("listitem").filter({ hasText: "This one" });
  await expect(carries).toHaveCount(1);
  const other = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Remove the passkey of/ }), hasNotText: "This one" });
  await other.getByRole("button").click();
  await expect(page.getByRole("button", { name: /^Remove the passkey of/ })).toHaveCount(0);
  expect(first).toHaveLength(1);
});

test("R05 one person is of two households and looks at either", async () => {
  const { page } = max;
  await page.goto("/home#/people");
  await page.getByRole("link", { name: "Begin another household" }).click();
  await trySheet(page);
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
  await page.goto("/home#/people");
  await expect(page.getByRole("heading", { name: "Your households" })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Olga/ })).toHaveCount(0);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show this one" }).click();
  await expect(page.getByRole("link", { name: /^Olga/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("link", { name: /^Olga/ })).toBeVisible();
  // Removed from one, he goes on in the other.
  await openPerson(olga.page, "Max");
  await olga.page.getByRole("button", { name: "Remove Max" }).click();
  await expect(olga.page.getByRole("heading", { name: "People", exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: /^Olga/ })).toHaveCount(0);
});

test("R52 moving out erases the household and the account, and this browser keeps no key", async () => {
  const { page } = olga;
  expect(await keptSeed(page)).not.toBeNull();
  await page.goto("/home#/held");
  await page.getByLabel(/^Type the word/).fill("delete");
  await page.getByRole("button", { name: "Delete this household" }).click();
  await gone(page);
  await page.getByRole("link", { name: "What this server holds about you" }).click();
  await page.getByLabel(/^Type the word/).fill("delete");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("heading", { name: "Open your household" })).toBeVisible();
  const left = () => page.evaluate(async () => ({ session: sessionStorage.length, local: Object.keys(localStorage), databases: (await indexedDB.databases()).map(({ name }) => name) }));
  await expect.poll(left).toEqual({ session: 0, local: [], databases: [] });
  for (const one of all) expect(one.broken).toEqual([]);
});
