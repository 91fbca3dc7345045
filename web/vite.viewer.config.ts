// Builds the page that lies in every evidence package: one file that holds its own program and style and can reach
// nothing else. Runs before the apps' build, since the agency's app puts it into the packages it makes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;

let out = "";

const oneFile: Plugin = {
  name: "one-file",
  configResolved: ({ build }) => {
    out = build.outDir;
  },
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle);
    const [only] = chunks;
    if (chunks.length !== 1 || only?.type !== "chunk") throw new Error("The viewer is more than one file.");
    // Neither can end the element it stands in; in JavaScript `<\/` is `</` within texts, where alone it occurs.
    const script = only.code.trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
    const style = readFileSync(`${here}/viewer/viewer.css`, "utf8");
    const allowed = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const policy = `default-src 'none'; script-src ${allowed(script)}; style-src ${allowed(style)}; media-src 'self' file: blob:; base-uri 'none'; form-action 'none'`;
    const parts: Record<string, string> = { policy, style, script };
    const page = readFileSync(`${here}/viewer/page.html`, "utf8").replace(/\{\{(policy|style|script)\}\}/g, (_all, name: string) => parts[name] ?? "");
    if (page.split("{{package}}").length !== 2) throw new Error("The viewer has not exactly one place for the package's facts.");
    mkdirSync(out, { recursive: true });
    writeFileSync(`${out}/page.html`, page);
    for (const name of Object.keys(bundle)) delete bundle[name];
  },
};

export default defineConfig({
  root: `${here}/viewer`,
  publicDir: false,
  plugins: [oneFile],
  build: {
    outDir: `${here}/../src/fanlight/custody/viewer`,
    emptyOutDir: true,
    target: "es2023",
    reportCompressedSize: false,
    lib: { entry: `${here}/viewer/viewer.ts`, formats: ["iife"], name: "viewer" },
  },
});
