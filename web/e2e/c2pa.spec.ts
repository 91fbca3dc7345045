// The copies in an evidence package, read by a second library for C2PA, in a page that reaches nothing else: R30. tests/custody/test_viewer.py makes them.
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";

const folder = process.env["FANLIGHT_PACKAGES"] ?? "";
const modules = new URL("../node_modules/", import.meta.url);
const HERE = "http://c2pa.test";
const LIBRARY = "@contentauth/c2pa-web/dist";
const imports = {
  highgain: "/highgain/dist/index.js",
  "ts-deepmerge": "/ts-deepmerge/esm/index.js",
};
const page_ = `<!doctype html><title>A reader</title><script type="importmap">${JSON.stringify({ imports })}</script><input type="file" id="file">`;

interface Read {
  readonly state: string;
  readonly codes: readonly string[];
  readonly labels: readonly string[];
  readonly actions: readonly string[];
}

test("R30 a second reader of C2PA takes each copy, calls its signer unknown, and refuses another clip's manifest", async ({ page }) => {
  await page.route("**/*", async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin !== HERE) return route.abort();
    if (pathname === "/") return route.fulfill({ body: page_, contentType: "text/html" });
    const type = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
    return route.fulfill({ body: readFileSync(new URL(`.${pathname}`, modules)), contentType: type });
  });
  await page.goto(`${HERE}/`);
  const read = async (name: string): Promise<Read | string> => {
    await page.locator("#file").setInputFiles(`${folder}/${name}`);
    return page.evaluate(async (library) => {
      const { createC2pa } = await import(`/${library}/index.js`);
      const c2pa = await createC2pa({ wasmSrc: `${location.origin}/${library}/resources/c2pa_bg.wasm` });
      const file = (document.querySelector("#file") as HTMLInputElement).files?.[0];
      try {
        const reader = await c2pa.reader.fromBlob("video/mp4", file);
        if (!reader) return "no manifest";
        const said = await reader.manifestStore();
        const [manifest] = Object.values(said.manifests) as { assertions: { label: string; data: { actions?: { action: string }[] } }[] }[];
        const labels = (manifest?.assertions ?? []).map(({ label }) => label).sort();
        const actions = (manifest?.assertions ?? []).flatMap(({ data }) => (data.actions ?? []).map(({ action }) => action));
        return { state: said.validation_state, codes: (said.validation_status ?? []).map(({ code }: { code: string }) => code), labels, actions };
      } finally {
        c2pa.dispose();
      }
    }, LIBRARY);
  };
  const sound = await read("c2pa-sound.mp4");
  expect(sound).toMatchObject({ labels: ["c2pa.actions.v2", "c2pa.hash.bmff.v3", "org.fanlight.disclosure"], actions: ["c2pa.created", "c2pa.trimmed"] });
  expect((sound as Read).codes.filter((code) => code !== "signingCredential.untrusted")).toEqual([]);
  expect((sound as Read).state).not.toBe("Invalid");
  for (const name of ["c2pa-lent.mp4", "c2pa-changed.mp4"]) {
    const found = await read(name);
    expect(found, name).toMatchObject({ state: "Invalid" });
    expect((found as Read).codes, name).toContain("assertion.bmffHash.mismatch");
  }
  expect(await read("c2pa-none.mp4")).toBe("no manifest");
});
