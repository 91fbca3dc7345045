// Every page of the home, of a link, of the form for passers-by and of a hub: R51 R53. One household, its pages in order.
import { expect, test, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { look } from "./looking.ts";
import { somebody, type Someone, wordsOf } from "./passkeys.ts";
import { be, card } from "./people.ts";

test.describe.configure({ timeout: 600_000 });

const out = process.env["FANLIGHT_PICTURES"] ?? process.env["FANLIGHT_E2E_OUT"] ?? "test-results";
const DOOR = { longitude: -122.40785, latitude: 37.77675 }; // the demo's camera
let base: string;
let options: BrowserContextOptions;
let ana: Someone | undefined;
let maya: Page | undefined;
let words: string[];

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { name }).first();
async function go(page: Page, place: string, name: string | RegExp): Promise<void> {
  await page.goto(`/home/#/${place}`);
  await expect(heading(page, name)).toBeVisible();
}
async function fresh(browser: Browser): Promise<Page> {
  return (await browser.newContext({ ...options, reducedMotion: "reduce", geolocation: DOOR, permissions: ["geolocation"] })).newPage();
}
/** Printed, it is one page, on the paper of here and on that of the United States. */
async function expectOneSheet(page: Page, name: string): Promise<void> {
  for (const format of ["A4", "Letter"]) {
    const printed = await page.pdf({ path: `${out}/${name}-${format.toLowerCase()}.pdf`, format, preferCSSPageSize: false });
    expect.soft(printed.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g), `${name} on ${format}`).toHaveLength(1);
  }
}

test.beforeAll(({}, { project }) => {
  const { baseURL, viewport, locale, timezoneId } = project.use;
  base = baseURL ?? "";
  options = { baseURL, viewport, locale, timezoneId };
});
test.afterAll(async () => {
  await ana?.context.close();
  await maya?.context().close();
});

/** Whoever lives behind the demo's camera. */
async function resident(browser: Browser): Promise<Page> {
  maya ??= await be(await browser.newContext({ ...options, reducedMotion: "reduce" }), base, "resident");
  return maya;
}

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
  await page.getByLabel("Your name").fill("Ana Moreno");
  await page.getByRole("button", { name: "Make my passkey" }).click();
  await expect(heading(page, "Recovery sheet of your household")).toBeVisible();
  words = await wordsOf(page);
  await seen(page, "begin-sheet");
  await expectOneSheet(page, "sheet");
  await page.getByRole("button", { name: "I have it on paper" }).first().click();
  for (const field of await page.getByLabel(/^Word number/).all()) {
    const number = Number(/(\d+)/.exec((await page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent()) ?? "")?.[1]);
    await field.fill(words[number - 1] ?? "");
  }
  await seen(page, "begin-words");
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await seen(page, "begin-place");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
  await seen(page, "house-new");
  return page;
}

test("R51 the door and the way to a household of one's own", async ({ browser }) => {
  await newcomer(browser, look);
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
  await page.unroute("**/v1/**");
});

test("R51 what the cameras saw: the day, a clip, and a camera as it is now", async ({ browser }) => {
  const maya = await resident(browser);
  const first = maya.getByRole("link", { name: /A person came by/ }).first();
  await expect(first).toBeVisible({ timeout: 200_000 });
  await look(maya, "today");
  await first.click();
  const video = maya.getByRole("region", { name: /^Video: / });
  await expect(video.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await look(maya, "clip");
  const clip = maya.url().split("#/clip/")[1] ?? "";
  await maya.goto(`/home/#/together/${clip}`);
  await expect(maya.locator("h1")).toBeVisible();
  await look(maya, "together");
  await go(maya, "live", "Live");
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/, { timeout: 60_000 });
  await look(maya, "live");
  await maya.getByRole("link", { name: /^Open / }).first().click();
  await expect(maya.getByLabel(/as it is now$/).first()).toHaveClass(/shown/, { timeout: 60_000 });
  await look(maya, "camera");
});

test("R51 a copy is made, its link given, opened and listed", async ({ browser }) => {
  const maya = await resident(browser);
  await go(maya, "", "Today");
  await maya.getByRole("link", { name: /A person came by/ }).first().click();
  await maya.getByRole("link", { name: "Share a copy" }).click();
  const end = maya.getByRole("slider", { name: "End of the copy" });
  await expect(end).toBeVisible({ timeout: 60_000 });
  await end.press("Home");
  await look(maya, "share");
  await maya.getByRole("button", { name: "Make the copy" }).click();
  await expect(maya.getByText("The copy, as others will see it")).toBeVisible({ timeout: 200_000 });
  await look(maya, "share-copy");
  await maya.getByLabel("Name of the copy").fill("A visitor at our door");
  await maya.getByRole("button", { name: "Make the link" }).click();
  await expect(heading(maya, "The link is ready")).toBeVisible({ timeout: 60_000 });
  await look(maya, "share-link");
  const link = (await maya.locator("pre").first().innerText()).trim();
  const reader = await fresh(browser);
  await reader.goto(link);
  await expect(heading(reader, "A visitor at our door")).toBeVisible();
  await look(reader, "link");
  await reader.getByRole("button", { name: "Open the copy" }).click();
  await expect(reader.getByRole("region", { name: /^Video: / })).toBeVisible();
  await look(reader, "link-open");
  await reader.goto("about:blank");
  await reader.goto(link.replace(/#.*\./, `#${"a".repeat(26)}.`));
  await expect(heading(reader, /There is no such link/)).toBeVisible();
  await look(reader, "link-gone");
  await reader.context().close();
  await go(maya, "links", /link/i);
  await expect(maya.getByText("A visitor at our door")).toBeVisible();
  await look(maya, "links");
  await go(maya, "support", /./);
  await look(maya, "support");
  await go(maya, "sign", /./);
  await look(maya, "sign");
  await expectOneSheet(maya, "sign");
});

test("R51 somebody who was in a picture asks, and the household reads it", async ({ browser }) => {
  const maya = await resident(browser);
  const page = await fresh(browser);
  await page.goto("/ask");
  await expect(page.getByLabel("Street", { exact: true })).toBeVisible({ timeout: 60_000 });
  await look(page, "ask");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByText("Say where it was", { exact: false })).toBeVisible();
  await look(page, "ask-missing");
  await page.getByRole("button", { name: "Use where I am now" }).click();
  await expect(page.getByText("Where this device is now.")).toBeVisible();
  const local = await page.evaluate(() => new Date(Date.now() - 3 * 3_600_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 16));
  await page.getByLabel("From").fill(local);
  await page.getByLabel("How would they know you in the picture?").fill("A red coat and a yellow bag");
  await page.getByLabel("Please blur me in anything you share").check();
  await page.getByRole("button", { name: "Send" }).click();
  await expect(heading(page, "Sent")).toBeVisible();
  await look(page, "ask-sent");
  await page.context().close();
  await expect(async () => {
    await go(maya, "wishes", /./);
    await maya.reload();
    await expect(maya.getByText("A red coat and a yellow bag")).toBeVisible({ timeout: 8_000 });
  }).toPass({ timeout: 120_000 });
  await look(maya, "wishes");
});

test("R51 the house: its people, keys, devices, alerts and what is held", async ({ browser }) => {
  const maya = await resident(browser);
  await go(maya, "people", "People");
  await maya.getByRole("link", { name: "Invite somebody" }).click();
  await maya.getByLabel("Their name").fill("Ben");
  await maya.getByRole("radio", { name: /^Guest/ }).check();
  await look(maya, "invite-guest");
  await maya.getByRole("radio", { name: /^Member/ }).check();
  await maya.getByRole("button", { name: "Make the invitation" }).click();
  await expect(heading(maya, "Invitation for Ben")).toBeVisible();
  await look(maya, "invite");
  const ben = await somebody(browser, options);
  await ben.page.goto((await maya.locator("pre").textContent()) ?? "");
  await expect(heading(ben.page, "You were invited to a household")).toBeVisible();
  await look(ben.page, "join");
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByRole("button", { name: "Make my passkey" }).click();
  await expect(ben.page.locator(".digits [aria-hidden]")).toHaveText(/^\d{3} \d{3}$/);
  await look(ben.page, "join-digits");
  await expect(heading(maya, "Ben has answered")).toBeVisible();
  await look(maya, "invite-digits");
  await maya.getByRole("button", { name: "They are the same" }).click();
  await expect(heading(maya, "Ben is let in")).toBeVisible();
  await expect(heading(ben.page, "Today")).toBeVisible();
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
    ["alerts", "alerts", "Alerts"],
  ] as const) {
    await go(maya, place, title);
    await look(maya, name);
  }
});

test("R51 R22 a request is read before it is answered", async ({ browser }) => {
  const maya = await resident(browser);
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  const officer = await be(context, base, "officer");
  await officer.goto("/agency/#/new");
  await officer.getByRole("button", { name: "Fill in the demo town's example" }).click();
  await officer.getByLabel("Case number").fill(`LOOK-${Date.now().toString(36).toUpperCase()}`);
  await officer.getByRole("button", { name: "Send to a supervisor" }).click();
  await expect(officer.getByText("It waits for a second person", { exact: false })).toBeVisible();
  await officer.goto("/agency/#/");
  await officer.getByRole("link", { name: /LOOK-/ }).first().click();
  await expect(officer.getByText("You asked for this yourself")).toBeVisible();
  const request = officer.url().split("/").pop() ?? "";
  const supervisor = await be(context, base, "supervisor");
  await supervisor.goto(`/agency/#/case/${request}`);
  await supervisor.getByRole("button", { name: "Sign as second person" }).click();
  await expect(supervisor.getByText("Signed. The request is open to residents.")).toBeVisible();
  await context.close();
  await go(maya, "requests", "Requests");
  const asked = maya.locator(`a[href$="${request}"]`);
  await expect(asked).toBeVisible({ timeout: 60_000 });
  await look(maya, "requests");
  await asked.click();
  await expect(maya.getByText("Decided again on this device", { exact: false })).toBeVisible();
  await look(maya, "request");
});

test("R51 the ways back in, and the way out", async ({ browser }) => {
  const own = await newcomer(browser);
  const back = await somebody(browser, options);
  await back.page.goto("/home#/recover");
  await expect(back.page.getByLabel("The 24 words")).toBeVisible();
  await look(back.page, "recover");
  await back.page.getByLabel("The 24 words").fill(words.join(" "));
  await back.page.getByRole("button", { name: "Open with these words" }).click();
  await back.page.getByLabel("Your name").fill("Ana");
  await back.page.getByRole("button", { name: "Make my passkey" }).click();
  await expect(heading(back.page, "Your household is found")).toBeVisible();
  await look(back.page, "recover-found");
  await back.context.close();
  const plain = await somebody(browser, options, { prf: false });
  await plain.page.goto("/home#/begin");
  await plain.page.getByLabel("Your name").fill("Cem");
  await plain.page.getByRole("button", { name: "Make my passkey" }).click();
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
  await go(own, "devices", "Devices and sign-ins");
  await look(own, "devices");
  await go(own, "held", "What we hold about you");
  await look(own, "held");
  await own.getByLabel(/^Type the word/).fill("delete");
  await own.getByRole("button", { name: "Delete this household" }).click();
  await expect(heading(own, "You are in no household here")).toBeVisible();
  await look(own, "no-household");
});

test("R51 the hub's own page", async ({ browser }) => {
  const page = await fresh(browser);
  await page.goto(card(base, "hub"));
  await expect(page.locator("h1")).toBeVisible();
  await look(page, "hub");
  for (const tab of ["add", "footage", "health", "settings"]) {
    await page.evaluate((to) => void (location.hash = `/${to}`), tab);
    await expect(page).toHaveURL(new RegExp(`#/${tab}$`));
    await expect(page.locator("h1")).toBeVisible();
    await look(page, `hub-${tab}`);
  }
  await page.context().close();
});

test("R51 the main paths need no mouse", async ({ browser }) => {
  const maya = await resident(browser);
  await go(maya, "", "Today");
  await maya.reload();
  await expect(heading(maya, "Today")).toBeVisible();
  await maya.keyboard.press("Tab");
  await expect(maya.locator(":focus")).toHaveAttribute("href", "#main");
  const reached: string[] = [];
  for (let step = 0; step < 40; step += 1) {
    await maya.keyboard.press("Tab");
    const at = await maya.evaluate(() => {
      const one = document.activeElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one ?? document.body);
      return { name: one?.textContent?.trim() ?? "", ring: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none" };
    });
    reached.push(at.name);
    expect(at.ring, `what is focused shows it: ${at.name}`).toBe(true);
    if (at.name.includes("A person came by")) break;
  }
  expect(reached.join("|")).toMatch(/Live.*Requests.*House.*A person came by/s);
  await maya.keyboard.press("Enter");
  await expect(maya).toHaveURL(/#\/clip\//);
  await expect(maya.getByRole("region", { name: /^Video: / })).toBeVisible();
});
