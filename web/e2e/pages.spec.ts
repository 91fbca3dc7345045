// Every page of coming in and of the house: R51 R53. A household that begins, and the demo's, its pages in order.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { digitsOf, letIn, makePasskey, offer, trySheet } from "./doing.ts";
import { look } from "./looking.ts";
import { somebody, type Someone } from "./passkeys.ts";
import { card, choose } from "./people.ts";
import { expectOneSheet, fresh, go, heading, optionsOf, readTerms, resident } from "./visiting.ts";

let ana: Someone | undefined;
let words: string[];
let options: BrowserContextOptions;
let maya: Page;
test.beforeAll(async ({ browser }, info) => {
  options = optionsOf(info);
  maya = await resident(browser, options);
});
test.afterAll(async () => {
  await ana?.context.close();
  await maya.context().close();
});

/** Somebody who begins a household, in which nothing is yet; `seen` looks at each step. */
async function newcomer(browser: Browser, seen: (page: Page, name: string) => Promise<void> = () => Promise.resolve()): Promise<Page> {
  if (ana) return ana.page;
  ana = await somebody(browser, options);
  const { page } = ana;
  await page.goto("/home");
  await expect(heading(page, "Open your household")).toBeVisible();
  await seen(page, "sign-in");
  await page.getByRole("link", { name: "Begin", exact: true }).click();
  await expect(heading(page, "Make your passkey")).toBeVisible();
  await seen(page, "begin-passkey");
  await makePasskey(page, "Ana Moreno");
  await expect(heading(page, "Recovery sheet of your household")).toBeVisible();
  await seen(page, "begin-sheet");
  await expectOneSheet(page, "sheet");
  words = await trySheet(page);
  await seen(page, "begin-words");
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await seen(page, "begin-place");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
  await seen(page, "house-new");
  await go(page, "terms", "What this server promises");
  await expect(page.getByText("Checked: this text is the one in the public record.").first()).toBeVisible();
  await seen(page, "terms");
  await readTerms(page);
  return page;
}

test("R51 the door and the way to a household of one's own", async ({ browser }) => {
  await newcomer(browser, look);
  const stranger = await fresh(browser, options);
  for (const [name, place, title] of [
    ["terms-visitor", "terms", "What this server promises"],
    ["arrive", "arrive", /./],
  ] as const) {
    await go(stranger, place, title);
    await look(stranger, name);
  }
  await stranger.context().close();
});

test("R51 every page of a home that has nothing yet says what would be there", async ({ browser }) => {
  const page = await newcomer(browser);
  for (const [name, place, title] of [
    ["today-empty", "", "Today"],
    ["live-empty", "live", "Live"],
    ["requests-empty", "requests", "Requests"],
    ["people-alone", "people", "People"],
    ["alerts-no-hub", "alerts", "Alerts"],
    ["links-empty", "links", /link/i],
    ["wishes-empty", "wishes", /./],
    ["process-none", "process", "Legal process about your household"],
    ["sheet", "sheet", /sheet/i],
    ["alert-none", "alert/aaaaaaaaaaaaaaaaaaaaaaaaaa?d=2026-01-01", /./],
    ["person-unknown", "person/aaaaaaaaaaaaaaaaaaaaaaaaaa", /./],
    ["clip-gone", "clip/aaaaaaaaaaaaaaaaaaaaaaaaaa?d=2026-01-01", /./],
  ] as const) {
    await go(page, place, title);
    await look(page, name);
  }
});

test("R51 a server that is slow or away is said, and what is here stays", async ({ browser }) => {
  const page = await newcomer(browser);
  await page.route("**/v1/**", () => undefined); // an answer that does not come
  await page.goto("/home/#/held");
  await page.reload();
  await expect(page.getByRole("status").first()).toBeVisible();
  await look(page, "waiting");
  await page.unroute("**/v1/**");
  await page.route("**/v1/**", (route) => route.abort());
  await page.reload();
  await expect(page.getByText("The server does not answer", { exact: false })).toBeVisible();
  await look(page, "server-away");
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  await page.unroute("**/v1/**");
  await expect(heading(page, "What we hold about you")).toBeVisible(); // tried again by itself
});

test("R51 the house: its people, keys, devices, alerts and what is held", async ({ browser }) => {
  await go(maya, "people", "People");
  await maya.getByRole("link", { name: "Invite somebody" }).click();
  await maya.getByLabel("Their name").fill("Ben");
  await maya.getByRole("radio", { name: /^Guest/ }).check();
  await look(maya, "invite-guest");
  const ben = await somebody(browser, options);
  await ben.page.goto(await offer(maya, "Ben", (page) => page.getByRole("radio", { name: /^Member/ }).check()));
  await look(maya, "invite");
  await expect(heading(ben.page, "You were invited to a household")).toBeVisible();
  await look(ben.page, "join");
  await makePasskey(ben.page, "Ben");
  const digits = await digitsOf(ben.page);
  await look(ben.page, "join-digits");
  await expect(heading(maya, "Ben has answered")).toBeVisible();
  await look(maya, "invite-digits");
  await letIn(maya, "Ben", digits);
  await expect(heading(ben.page, "Today")).toBeVisible();
  await readTerms(ben.page);
  await go(ben.page, "leave", /./);
  await look(ben.page, "leave");
  await ben.context.close();
  await go(maya, "people", "People");
  await expect(maya.getByRole("link", { name: /^Ben/ })).toBeVisible();
  await look(maya, "people");
  await maya.getByRole("link", { name: /^Ben/ }).click();
  await expect(heading(maya, "Ben")).toBeVisible();
  await look(maya, "person");
  for (const [name, place, title] of [
    ["house", "house", "House"],
    ["house-hub", "hub", "Add a hub"],
    ["alerts", "alerts", "Alerts"],
  ] as const) {
    await go(maya, place, title);
    await look(maya, name);
  }
});

test("R51 the ways back in, and the way out", async ({ browser }) => {
  const own = await newcomer(browser);
  await go(own, "devices", "Devices and sign-ins");
  await look(own, "devices");
  await go(own, "held", "What we hold about you");
  await look(own, "held");

  const back = await somebody(browser, options);
  await back.page.goto("/home#/recover");
  await expect(back.page.getByLabel("The 24 words")).toBeVisible();
  await look(back.page, "recover");
  await back.page.getByLabel("The 24 words").fill(words.join(" "));
  await back.page.getByRole("button", { name: "Open with these words" }).click();
  await makePasskey(back.page, "Ana again");
  await expect(heading(back.page, "Your household is found")).toBeVisible();
  await look(back.page, "recover-found");
  await back.page.getByRole("button", { name: "Start again with this sheet" }).click();
  await back.page.getByRole("button", { name: "Open my household" }).click();
  await expect(heading(back.page, "You came back with the recovery sheet")).toBeVisible();
  await look(back.page, "returning");
  await back.context.close();
  await own.goto("/home/#/people");
  await own.reload();
  await expect(own.getByText("Somebody used the recovery sheet")).toBeVisible();
  await look(own, "people-recovery");

  await go(own, "held", "What we hold about you");
  await own.getByLabel(/^Type the word/).fill("delete");
  await own.getByRole("button", { name: "Delete this household" }).click();
  await expect(heading(own, "You are in no household here")).toBeVisible();
  await look(own, "no-household");
  await own.getByRole("link", { name: "What this server holds about you" }).click();
  await expect(heading(own, "What we hold about you")).toBeVisible();
  await look(own, "held-no-household");
});

test("R51 a browser whose passkeys carry no key says how to let it in", async ({ browser }) => {
  const plain = await somebody(browser, options, { prf: false });
  await plain.page.goto("/home#/begin");
  await makePasskey(plain.page, "Cem");
  await expect(heading(plain.page, "Recovery sheet of your household")).toBeVisible();
  const { credentials } = await plain.cdp.send("WebAuthn.getCredentials", { authenticatorId: plain.authenticator });
  const other = await somebody(browser, options, { prf: false });
  for (const credential of credentials) await other.cdp.send("WebAuthn.addCredential", { authenticatorId: other.authenticator, credential });
  await other.page.goto("/home");
  await other.page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(heading(other.page, "This browser does not have your key yet")).toBeVisible();
  await look(other.page, "keyless");
  await plain.context.close();
  await other.context.close();
});

test("R51 R52 what the server promises is shown as a difference once it changed", async ({ browser }) => {
  const context = await browser.newContext(options);
  const caretaker = await context.newPage();
  await caretaker.goto(card(options.baseURL ?? "", "operator"));
  await expect(heading(caretaker, /^Running/)).toBeVisible();
  await look(caretaker, "caretaker");
  await caretaker.getByRole("button", { name: /^What partners asked to build, version 1/ }).click();
  const text = caretaker.getByLabel("What partners asked to build");
  await text.fill((await text.inputValue()).replace("So far nobody has asked for anything.", "On 20 November 2026 an insurer asked for a list of the homes that have a camera. It was refused."));
  await caretaker.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(heading(caretaker, "What members will see")).toBeVisible();
  await look(caretaker, "caretaker-texts");
  await caretaker.getByRole("button", { name: "Publish it now" }).click();
  await expect(caretaker.getByText("What partners asked to build: version 2 is published.")).toBeVisible();
  await context.close();
  await go(maya, "", "Today");
  await maya.reload();
  await expect(maya.getByText("What this server promises has changed.")).toBeVisible();
  await go(maya, "terms", "What this server promises");
  await expect(maya.getByText("an insurer asked for a list")).not.toHaveCount(0);
  await look(maya, "terms-changed");
});

test("R13 R15 a post to neighbours is written", async () => {
  await go(maya, "neighbours/new", "Write a post");
  await choose(maya, "Parcel");
  await maya.getByLabel("What was done").fill("Somebody took the parcel from my step and left on foot.");
  await expect(maya.getByText("Says what was done.")).toBeVisible();
  await expect(maya.getByLabel("Where").getByRole("option", { name: /^Around / }).first()).toBeAttached(); // the streets are there
  await look(maya, "post-form");
  await maya.getByRole("button", { name: "Throw the draft away" }).click();
});
