// Writes what the web client consists of: release.json, path -> SHA-256 of every file that was built, in canonical JSON
// (RFC 8785). Runs after the builds. The server enters its hash in the public record; docs/spec/log.md says who compares.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const LIST = "release.json";
const root = resolve(process.argv[2] ?? `${import.meta.dirname}/../src/fanlight/server/static`);
const version = /__version__ = "([^"]+)"/.exec(readFileSync(`${import.meta.dirname}/../src/fanlight/__init__.py`, "utf8"))?.[1];
if (!version) throw new Error("Fanlight's version is not where it was.");

const paths = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length + 1).replaceAll("\\", "/"))
  .filter((path) => path !== LIST)
  .sort(); // by UTF-16 units, as RFC 8785 wants it
const files = Object.fromEntries(paths.map((path) => [path, createHash("sha256").update(readFileSync(`${root}/${path}`)).digest("hex")]));
writeFileSync(`${root}/${LIST}`, JSON.stringify({ files, type: "release", v: 1, version }));
