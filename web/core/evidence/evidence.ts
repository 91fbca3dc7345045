/** evidence.json, read strictly: what a package says of itself. Twin of fanlight.custody.verify_package's Evidence. */

import { type Json, parseJcs } from "../jcs.ts";
import { readUtf8 } from "../bytes.ts";
import { BadPackage } from "./files.ts";

export interface Evidence {
  readonly v: 1 | 2;
  readonly package: string;
  readonly case_number: string;
  readonly agency: string;
  readonly made_at: string;
  readonly recipient: string;
  readonly ground: string;
  readonly return_by: string | null;
  readonly request: string;
  readonly exporter: string;
  readonly items: readonly { readonly disclosure: string; readonly files: Hashes }[];
  readonly files: Hashes;
}
export type Hashes = Readonly<Record<string, string>>;

const ID = /^[a-z2-7]{26}$/;
const HASH = /^[0-9a-f]{64}$/;
const TEXTS = ["case_number", "agency", "made_at", "recipient", "ground", "exporter"] as const;
const FIELDS = [...TEXTS, "v", "type", "package", "return_by", "request", "items", "files"].sort().join();
const MOST_ITEMS = 500;

type Fields = { readonly [key: string]: Json };
const isObject = (value: Json | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isId = (value: Json | undefined): boolean => typeof value === "string" && ID.test(value);
const areHashes = (value: Json | undefined): boolean => isObject(value) && Object.values(value).every((one) => typeof one === "string" && HASH.test(one));
const isItem = (value: Json): boolean =>
  isObject(value) && Object.keys(value).sort().join() === "disclosure,files" && isId(value["disclosure"]) && areHashes(value["files"]);

/** Throws BadPackage. */
export function readEvidence(raw: Uint8Array): Evidence {
  const said = canonical(raw);
  const { items } = said;
  const sound =
    Object.keys(said).sort().join() === FIELDS &&
    (said["v"] === 1 || said["v"] === 2) &&
    said["type"] === "evidence" &&
    TEXTS.every((name) => typeof said[name] === "string") &&
    isId(said["package"]) &&
    isId(said["request"]) &&
    (said["return_by"] === null || typeof said["return_by"] === "string") &&
    Array.isArray(items) &&
    items.length >= 1 &&
    items.length <= MOST_ITEMS &&
    items.every(isItem) &&
    areHashes(said["files"]);
  if (!sound) throw new BadPackage("its evidence.json has another form");
  return said as unknown as Evidence;
}

function canonical(raw: Uint8Array): Fields {
  try {
    return parseJcs(readUtf8(raw) ?? "");
  } catch {
    throw new BadPackage("its evidence.json has another form");
  }
}
