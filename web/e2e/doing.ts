// What people do again and again: make a passkey, begin a household, invite, come in. Each step is one that a person takes.
import { expect, type Page } from "@playwright/test";
import { wordsOf } from "./passkeys.ts";

/** Makes a passkey on the page that asks for a name. */
export async function makePasskey(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Make my passkey" }).click();
}

/** Shows the sheet as printed and types the two words back that are asked for. */
export async function trySheet(page: Page): Promise<string[]> {
  await expect(page.getByRole("heading", { name: "Recovery sheet of your household" })).toBeVisible();
  const all = await wordsOf(page);
  expect(all).toHaveLength(24);
  await page.getByRole("button", { name: "I have it on paper" }).first().click();
  for (const field of await page.getByLabel(/^Word number/).all()) {
    const number = Number(/(\d+)/.exec((await page.locator(`label[for="${await field.getAttribute("id")}"]`).textContent()) ?? "")?.[1]);
    await field.fill(all[number - 1] ?? "");
  }
  return all;
}

/** From the sheet that was tried to the household. */
export async function giveArea(page: Page): Promise<void> {
  await page.getByRole("button", { name: "These are the words" }).click();
  await page.getByLabel("Latitude and longitude").fill("37.7983, -122.4078");
  await page.getByRole("button", { name: "Make the household" }).click();
  await expect(page.getByRole("heading", { name: "House", exact: true })).toBeVisible();
}

/** Signs up and begins a household. */
export async function begin(page: Page, name: string): Promise<void> {
  await page.goto("/home#/begin");
  await makePasskey(page, name);
  await trySheet(page);
  await giveArea(page);
}

/** An owner makes an invitation; `choose` sets the role. Returns its link. */
export async function offer(owner: Page, name: string, choose?: (page: Page) => Promise<void>): Promise<string> {
  await owner.goto("/home#/invite");
  await owner.getByLabel("Their name").fill(name);
  await choose?.(owner);
  await owner.getByRole("button", { name: "Make the invitation" }).click();
  await expect(owner.getByRole("heading", { name: `Invitation for ${name}` })).toBeVisible();
  return (await owner.locator("pre").textContent()) ?? "";
}

export const digitsOf = async (page: Page): Promise<string> => {
  const code = page.locator(".digits [aria-hidden]");
  await expect(code).toHaveText(/^\d{3} \d{3}$/);
  return (await code.textContent()) ?? "";
};

/** The owner's side of coming in: the digits are the same, and the person is let in. */
export async function letIn(owner: Page, name: string, digits: string): Promise<void> {
  await expect(owner.getByRole("heading", { name: `${name} has answered` })).toBeVisible();
  expect(await digitsOf(owner)).toBe(digits);
  await owner.getByRole("button", { name: "They are the same" }).click();
  await expect(owner.getByRole("heading", { name: `${name} is let in` })).toBeVisible();
}

/** Invites somebody without an account and lets them in. */
export async function bringIn(owner: Page, joiner: Page, name: string, choose?: (page: Page) => Promise<void>): Promise<void> {
  await joiner.goto(await offer(owner, name, choose));
  await makePasskey(joiner, name);
  await letIn(owner, name, await digitsOf(joiner));
  await expect(joiner.getByRole("heading", { name: "Today", exact: true })).toBeVisible();
}

/** What this tab's browser keeps of a person's key, opened as the page itself would: the seed, base64. Null for nothing. */
export const keptSeed = (page: Page): Promise<string | null> =>
  page.evaluate(async () => {
    const kept = sessionStorage.getItem("fanlight.seed");
    if (!kept) return null;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("fanlight");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error ?? new Error("no storage"));
    });
    const key = await new Promise<CryptoKey>((resolve) => {
      const asking = database.transaction("keys").objectStore("keys").get("wrap");
      asking.onsuccess = () => resolve(asking.result as CryptoKey);
    });
    database.close();
    const [iv, body] = kept.split(".").map((part) => Uint8Array.from(atob(part), (one) => one.charCodeAt(0)));
    if (!iv || !body) return null;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode("fanlight.seed") }, key, body);
    return (JSON.parse(new TextDecoder().decode(plain)) as { seed: string }).seed;
  });
