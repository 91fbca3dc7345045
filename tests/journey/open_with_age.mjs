// Opens age files with the npm package `age-encryption` alone: node open_with_age.mjs KEYFILE CLIP.age OUT
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const age = await import(pathToFileURL(web.resolve("age-encryption")));
const [keyFile, clip, out] = process.argv.slice(2);
const identity = readFileSync(keyFile, "utf8").split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-"));
const decrypter = new age.Decrypter();
decrypter.addIdentity(identity);
writeFileSync(out, await decrypter.decrypt(new Uint8Array(readFileSync(clip))));
