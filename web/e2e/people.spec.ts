// People and their keys, by hand, in browsers: R01 R03 R05 R10 R52. A server without demo people; one story in order.
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";
import { makePasskey, trySheet } from "./doing.ts";
import { expectAccessible } from "./people.ts";
import { somebody, type Someone, wordsOf } from "./passkeys.ts";

test.describe.configure({ mode: "serial" });

let options: BrowserContextOptions;
let ana: Someone;
let ben: Someone;
let words: string[];
let digits: string;

const shots = process.env["FANLIGHT_SHOTS"];
async function look(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  if (shots) await page.screenshot({ path: `${shots}/${name}-${test.info().project.name}.png`, fullPage: true });
}

test.beforeAll(({}, { project }) => {
  const { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile } = project.use;
  options = { baseURL, viewport, colorScheme, locale, timezoneId, hasTouch, isMobile };
});
test.afterAll(async () => {
  for (const one of [ana, ben]) await one?.context.close();
});

test("R05 nothing but a passkey is asked for, and what it derives never leaves the page", async ({ browser }) => {
  ana = await somebody(browser, options);
  const posted: string[] = [];
  ana.page.on("request", (one) => one.method() === "POST" && posted.push(one.postData() ?? ""));
  await ana.page.goto("/home");
  await expect(ana.page.getByRole("heading", { name: "Open your household" })).toBeVisible();
  await look(ana.page, "door");
  await ana.page.getByRole("link", { name: "Begin", exact: true }).click();
  await expect(ana.page.getByRole("heading", { name: "Make your passkey" })).toBeVisible();
  await look(ana.page, "begin-passkey");
  await ana.page.getByRole("button", { name: "Make my passkey" }).click();
  await expect(ana.page.getByText("Write a name of 1 to 60 letters.")).toBeVisible();
  await makePasskey(ana.page, "Ana Moreno");
  await expect(ana.page.getByRole("heading", { name: "Print this, and keep it where you keep your passport" })).toBeVisible();
  const sent = posted.join("\n");
  expect(sent).toContain("wrapped");
  expect(sent).not.toContain('"prf"');
  expect(sent).not.toContain("Moreno");
});

test("R03 a household begins with its sheet, which must be tried before it counts", async () => {
  const { page } = ana;
  await look(page, "begin-sheet");
  await page.emulateMedia({ media: "print" });
  if (shots) await page.pdf({ path: `${shots}/sheet-${test.info().project.name}.pdf`, format: "A4" });
  for (const format of ["A4", "Letter"]) {
    const printed = await page.pdf({ format });
    expect(printed.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g), format).toHaveLength(1);
  }
  await page.emulateMedia({ media: "screen" });
  words = await trySheet(page);
  await look(page, "begin-try");
  const first = page.getByLabel(/^Word number/).first();
  const right = await first.inputValue();
  await first.fill("nonsense");
  await page.getByRole("button", { name: "These are the words" }).click();
  await expect(page.getByText(/^Word \d+ is another one/)).toBeVisible();
  await first.fill(right);
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("somewhere");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByText("Write two numbers", { exact: false })).toBeVisible();
  await look(page, "begin-area");
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
  await look(page, "house");
});

test("R05 the same passkey opens the household again in a tab that knows nothing", async () => {
  const { page } = ana;
  await page.evaluate(() => sessionStorage.clear());
  await page.goto("/home");
  await page.reload();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
});

test("R05 an owner invites, both sides compare six digits, and the second person is in", async ({ browser }) => {
  const { page } = ana;
  await page.goto("/home#/people");
  await expect(page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  await look(page, "people-alone");
  await page.getByRole("link", { name: "Invite somebody" }).click();
  await page.getByRole("button", { name: "Make the invitation" }).click();
  await expect(page.getByText("Write a name of 1 to 60 letters.")).toBeVisible();
  await page.getByLabel("Their name").fill("Ben");
  await page.getByRole("radio", { name: /^Guest/ }).check();
  await expect(page.getByLabel("Until the end of")).toBeVisible();
  await look(page, "invite-form");
  await page.getByRole("radio", { name: /^Member/ }).check();
  await page.getByRole("button", { name: "Make the invitation" }).click();
  await expect(page.getByRole("heading", { name: "Invitation for Ben" })).toBeVisible();
  const link = (await page.locator("pre").textContent()) ?? "";
  expect(link).toContain("/home#join=");
  await look(page, "invite-link");

  ben = await somebody(browser, options);
  const asked: string[] = [];
  ben.page.on("request", (one) => asked.push(`${one.url()} ${one.postData() ?? ""}`));
  await ben.page.goto(link);
  await expect(ben.page.getByRole("heading", { name: "You were invited to a household" })).toBeVisible();
  expect(ben.page.url()).not.toContain("join=");
  await look(ben.page, "join");
  await makePasskey(ben.page, "Ben");
  const code = ben.page.locator(".digits [aria-hidden]");
  await expect(code).toHaveText(/^\d{3} \d{3}$/);
  await look(ben.page, "join-code");
  const secret = link.split(".").at(-1) ?? "";
  expect(asked.join("\n")).not.toContain(secret); // the server sees neither the secret nor the digits

  await expect(page.getByRole("heading", { name: "Ben has answered" })).toBeVisible();
  expect(await page.locator(".digits [aria-hidden]").textContent()).toBe(await code.textContent());
  await look(page, "invite-compare");
  await page.getByRole("button", { name: "They are the same" }).click();
  await expect(page.getByRole("heading", { name: "Ben is let in" })).toBeVisible();
  await expect(ben.page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
});

test("R52 both see the same people and the same safety number", async () => {
  for (const [who, other] of [[ana, "Ben"], [ben, "Ana"]] as const) {
    await who.page.goto("/home#/people");
    await expect(who.page.getByText("2 people can see your pictures.", { exact: false })).toBeVisible();
    await look(who.page, `people-of-${other}`);
    await who.page.getByRole("link", { name: new RegExp(`^${other}`) }).click();
    const number = who.page.getByRole("list", { name: /^Safety number/ });
    await expect(number.getByRole("listitem")).toHaveCount(12);
    const shown = (await number.getAttribute("aria-label")) ?? "";
    digits ??= shown;
    expect(shown).toBe(digits);
    await look(who.page, `person-${other}`);
  }
  await expect(ben.page.getByText("An owner of your household can change this.")).toBeVisible();
});

test("R05 a device list says what is signed in, and ends it", async () => {
  const { page } = ana;
  await page.goto("/home#/devices");
  await expect(page.getByRole("heading", { name: "Devices and sign-ins" })).toBeVisible();
  await expect(page.getByText("Somebody joined the household", { exact: false })).toBeVisible();
  await look(page, "devices");
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByText("Signed out.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Sign(ing)? out/ })).toHaveCount(0);
  await page.getByRole("button", { name: "I have seen these" }).click();
  await expect(page.getByText("Nothing to tell.")).toBeVisible();
});

test("R03 the sheet on paper can be tried by its code, and by its words", async ({}, { project }) => {
  const { page } = ana;
  await page.goto("/home#/sheet");
  await page.getByLabel("The 24 words").fill(`${words.slice(0, 23).join(" ")} zoo`);
  await page.getByRole("button", { name: "Try these words" }).click();
  await expect(page.getByText("These are not the words of a sheet", { exact: false })).toBeVisible();
  await page.getByLabel("The 24 words").fill(words.join("  ").toUpperCase());
  await page.getByRole("button", { name: "Try these words" }).click();
  await expect(page.getByText("This is the sheet of your household.", { exact: false })).toBeVisible();
  await look(page, "sheet");
  await page.getByRole("button", { name: "Make a new sheet" }).click();
  // The code of the sheet, photographed: a picture of the screen is read back on the page itself.
  const photo = `${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/sheet-${project.name}.png`;
  const code = page.getByRole("img", { name: "The key as a code to scan" });
  await expect(code).toBeVisible();
  const renewed = await wordsOf(page);
  await code.screenshot({ path: photo });
  await page.getByRole("button", { name: "I have it on paper" }).first().click();
  await page.locator('input[type="file"]').setInputFiles(photo);
  await expect(page.getByText("The new sheet counts from now on.", { exact: false })).toBeVisible();
  expect(renewed).not.toEqual(words);
  words = renewed;
});

test("R52 what is held is told, and all of it can be taken along", async ({}, { project }) => {
  const { page } = ana;
  await page.goto("/home#/held");
  await expect(page.getByRole("heading", { name: "What we hold about you" })).toBeVisible();
  await expect(page.getByText("It names nobody.", { exact: false })).toBeVisible();
  await look(page, "held");
  await page.getByLabel("Also put my keys in", { exact: false }).check();
  await page.getByRole("button", { name: "Make the file" }).click();
  await expect(page.getByRole("button", { name: "Save the file" })).toBeVisible();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  await (await downloading).saveAs(`${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/taken-${project.name}.zip`);
});

test("R52 who is removed is out while the page is open, and the other goes on", async () => {
  await ana.page.goto("/home#/people");
  await ana.page.getByRole("link", { name: /^Ben/ }).click();
  await ana.page.getByRole("button", { name: "Remove Ben" }).click();
  await expect(ana.page.getByText("You alone can see your pictures.", { exact: false })).toBeVisible();
  // By itself, without loading the page anew.
  await expect(ben.page.getByRole("heading", { name: "You are in no household here" })).toBeVisible();
  await look(ben.page, "removed");
});

test("R05 the printed sheet alone brings an empty browser back: who is of it at once, pictures once nobody objected", async ({ browser }) => {
  const back = await somebody(browser, options);
  const { page } = back;
  await page.goto("/home");
  await page.getByRole("link", { name: "Use the recovery sheet" }).click();
  await look(page, "recover");
  await page.getByLabel("The 24 words").fill(words.join(" "));
  await page.getByRole("button", { name: "Open with these words" }).click();
  await makePasskey(page, "Ana again");
  await expect(page.getByRole("heading", { name: "Your household is found" })).toBeVisible();
  await look(page, "recover-found");
  await page.getByRole("button", { name: "Start again with this sheet" }).click();
  await expect(page.getByText("You become an owner on", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Open my household" }).click();
  await expect(page.getByRole("heading", { name: "You came back with the recovery sheet" })).toBeVisible();
  await look(page, "returning-door");
  await page.goto("/home#/people");
  await expect(page.getByText("You came back with the recovery sheet")).toBeVisible();
  await look(page, "returning");

  await ana.page.goto("/home#/");
  await ana.page.reload();
  await expect(ana.page.getByRole("alert")).toContainText("Somebody used the recovery sheet"); // on whichever page she is
  await ana.page.getByRole("link", { name: "See who is of the household" }).click();
  await expect(ana.page.getByText("Somebody used the recovery sheet")).toBeVisible();
  await look(ana.page, "recovery-told");
  await ana.page.getByRole("button", { name: "Object" }).click();
  await expect(ana.page.getByText("Stopped.", { exact: false })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "You are in no household here" })).toBeVisible();
  expect(back.broken).toEqual([]);
  await back.context.close();
});

test("R05 a browser whose passkeys carry no key keeps it itself, and is let in by one of one's own devices", async ({ browser }, { project }) => {
  const plain = await somebody(browser, options, { prf: false });
  const { page } = plain;
  await page.goto("/home#/begin");
  await makePasskey(page, "Cem");
  await expect(page.getByText("the key stays in this browser", { exact: false })).toBeVisible();
  await trySheet(page);
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
  await page.goto("/home#/devices");
  await page.getByRole("button", { name: "Show the code" }).click();
  const photo = `${process.env["FANLIGHT_E2E_OUT"] ?? "test-results"}/key-${project.name}.png`;
  await page.getByRole("img", { name: "Your key as a code to scan" }).screenshot({ path: photo });

  // The same passkey in a browser without the key, as a password manager brings it along.
  const { credentials } = await plain.cdp.send("WebAuthn.getCredentials", { authenticatorId: plain.authenticator });
  const other = await somebody(browser, options, { prf: false });
  for (const credential of credentials) await other.cdp.send("WebAuthn.addCredential", { authenticatorId: other.authenticator, credential });
  await other.page.goto("/home");
  await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(other.page.getByRole("heading", { name: "This browser does not have your key yet" })).toBeVisible();
  await look(other.page, "keyless");
  await other.page.locator('input[type="file"]').setInputFiles(photo);
  await expect(other.page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  await other.page.evaluate(() => sessionStorage.clear());
  await other.page.reload();
  await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(other.page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();

  await page.goto("/home#/held");
  await page.getByLabel(/^Type the word/).fill("delete");
  await page.getByRole("button", { name: "Delete this household" }).click();
  await expect(page.getByRole("heading", { name: "You are in no household here" })).toBeVisible();
  await page.getByRole("link", { name: "What this server holds about you" }).click();
  await page.getByLabel(/^Type the word/).fill("delete");
  await page.getByRole("button", { name: "Delete my account" }).click();
  await expect(page.getByRole("heading", { name: "Open your household" })).toBeVisible();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("This server does not know that passkey.")).toBeVisible();
  for (const one of [plain, other]) {
    expect(one.broken).toEqual([]);
    await one.context.close();
  }
});

test("a tab that was signed out elsewhere, a device without a passkey and a server that is away say so and offer a way on", async ({ browser }) => {
  const stranger = await somebody(browser, options);
  await stranger.page.goto("/home");
  await stranger.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(stranger.page.getByText("The passkey was not used.")).toBeVisible();
  await look(stranger.page, "door-closed");
  await stranger.context.close();
  const { page } = ana;
  await page.goto("/home");
  await expect(page.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
  await page.route("**/v1/**", (route) => route.fulfill({ status: 401, json: { code: "accounts.not_signed_in", what: "No.", kept: "All.", do: "Sign in." } }));
  await page.goto("/home#/devices");
  await page.reload();
  await expect(page.getByText("This tab was signed out.", { exact: false })).toBeVisible();
  await page.unroute("**/v1/**");
  await page.route("**/v1/**", (route) => route.abort());
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("The server does not answer.")).toBeVisible();
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Sign in with a passkey" }).press("Enter");
  await expect(page.getByRole("heading", { name: "Devices and sign-ins" })).toBeVisible();
  expect(ana.broken).toEqual([]);
  expect(ben?.broken ?? []).toEqual([]);
});
