import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bech32 } from "@scure/base";
import { mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { Decrypter } from "age-encryption";

const list = (folder) => readdirSync(folder).filter((name) => name.endsWith(".age"));
const open = (file, identities, as) => {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  return decrypter.decrypt(readFileSync(file), as);
};

const words = readFileSync("words.txt", "utf8").trim().toLowerCase().split(/\s+/).join(" ");
const seed = mnemonicToEntropy(words, wordlist);
const secret = hkdf(sha256, seed, undefined, new TextEncoder().encode("fanlight/sheet/age/v1"), 32);
const sheet = bech32.encodeFromBytes("age-secret-key-pq-", secret).toUpperCase();

const keys = [sheet]; // what was kept for long is sealed to it, all else to the household's keys
for (const name of list("keys")) {
  const key = await open(`keys/${name}`, [sheet], "text").catch(() => null); // from before this sheet was made
  if (key) keys.push(key.trim());
}
for (const name of list("clips")) {
  const film = await open(`clips/${name}`, keys, "uint8array").catch(() => null);
  if (film) writeFileSync(`clips/${name.replace(/age$/, "mp4")}`, film);
  console.log(film ? "opened" : "does not open", name);
}
