/**
 * The recovery sheet: 32 bytes as 24 words and as a QR code. Twin of fanlight.seal.sheet. Loads a list of 2,048 words:
 * import it where a sheet is shown or read, not in the main bundle.
 */

import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import { recipientFor } from "./hybrid.ts";
import { readUrl64, toUrl64 } from "../url64.ts";
import { b64, type Bytes, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { derive, identityText, type MemberKeys, signingKey } from "./keys.ts";
import type { PublicHalves } from "./roll.ts";

const PREFIX = "fanlight-sheet:1:";

export interface Sheet {
  /** 24 English words (BIP-39), one space between them. */
  readonly words: string;
  /** The text of the QR code. */
  readonly code: string;
  /** `age` opens every household secret since the sheet was listed; `signing` signs a recovery. */
  readonly keys: MemberKeys;
  /** What the household's statements list. */
  readonly public: PublicHalves;
}

export const newSheet = (): Promise<Sheet> => sheetOf(crypto.getRandomValues(new Uint8Array(32)));

export async function sheetOf(seed: Bytes): Promise<Sheet> {
  if (seed.length !== 32) throw new SealError("bad_key", "a sheet has another length than 32 bytes");
  const secret = identityText(derive(seed, utf8("fanlight/sheet/age/v1")));
  const age = { secret, recipient: await recipientFor(secret) };
  const signing = signingKey(derive(seed, utf8("fanlight/sheet/sign/v1")));
  return {
    words: entropyToMnemonic(seed, wordlist),
    code: PREFIX + toUrl64(seed),
    keys: { age, signing },
    public: { sign_pub: b64(signing.public), age_recipient: age.recipient },
  };
}

/** Reads what was typed or scanned: 24 words, in any case and spacing, or the code. Throws SealError `bad_key`. */
export async function readSheet(text: string): Promise<Sheet> {
  const typed = text.trim();
  return typed.startsWith(PREFIX) ? ofCode(typed) : sheetOf(seedOfWords(typed));
}

async function ofCode(text: string): Promise<Sheet> {
  const body = text.slice(PREFIX.length);
  const seed = readUrl64(body);
  if (seed?.length !== 32) throw new SealError("bad_key", "the code is not that of a recovery sheet");
  return sheetOf(seed);
}

function seedOfWords(text: string): Bytes {
  const words = text.toLowerCase().split(/\s+/u);
  try {
    if (words.length === 24) return mnemonicToEntropy(words.join(" "), wordlist) as Bytes;
  } catch {
    // Said below: which word it is helps nobody who looks over a shoulder.
  }
  throw new SealError("bad_key", "these are not the 24 words of a recovery sheet, or one is mistyped");
}
