// People with passkeys of their own, each in a browser context of their own: Chromium's virtual authenticator derives secrets (PRF).
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from "@playwright/test";

export interface Someone {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
  /** The virtual authenticator. */
  readonly authenticator: string;
  readonly broken: string[];
}

/** An empty browser of somebody. `prf` false: a device whose passkeys derive nothing. */
export async function somebody(browser: Browser, options: BrowserContextOptions, { prf = true } = {}): Promise<Someone> {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(error.message));
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  return { context, page, cdp, authenticator: await device(cdp, { prf }), broken };
}

/** A device that makes passkeys; its id. */
export async function device(cdp: CDPSession, { prf = true } = {}): Promise<string> {
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      hasPrf: prf,
      automaticPresenceSimulation: true,
    },
  });
  return authenticatorId;
}

/** The 24 words of the sheet on the page. */
export const wordsOf = (page: Page): Promise<string[]> =>
  page.locator("article ol.words li").evaluateAll((items) => items.map((item) => item.lastChild?.textContent?.trim() ?? ""));
