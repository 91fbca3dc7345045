/** Where a draft may begin: ordinances of this town's record, and the models that ship with Fanlight. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import type { Client } from "../../core/api/client.ts";
import { list, obj, str } from "../../core/api/shape.ts";
import type { Json } from "../../core/jcs.ts";
import type { PackText } from "../../core/policy/shapes.ts";
import { openFile, openValue } from "./files.ts";

const PACKS = "../../../src/fanlight/policy/packs";
const heads = import.meta.glob<string>("../../../src/fanlight/policy/packs/*/pack.json", { query: "?raw", import: "default" });
const laws = import.meta.glob<string>("../../../src/fanlight/policy/packs/*/ordinance.cedar", { query: "?raw", import: "default" });
const schemas = import.meta.glob<string>("../../../src/fanlight/policy/packs/*/schema.cedarschema", { query: "?raw", import: "default" });

/** Models by name, the default first, and what each is called. */
export const MODELS: readonly (readonly [name: string, title: string])[] = [
  ["model-ordinance", "Fanlight model ordinance"],
  ["ccops-model", "CCOPS model bill"],
  ["oakland-9.64", "Oakland Municipal Code 9.64"],
  ["san-francisco-19b", "San Francisco Administrative Code 19B"],
  ["seattle-14.18", "Seattle Municipal Code 14.18"],
  ["portland-34.10", "Portland City Code 34.10"],
  ["illinois-bipa", "Illinois Biometric Information Privacy Act"],
];

/** The pack of a model, or null if there is none of the name. Rejects where it cannot be fetched. */
export async function modelNamed(name: string): Promise<PackText | null> {
  const [head, law, schema] = [heads[`${PACKS}/${name}/pack.json`], laws[`${PACKS}/${name}/ordinance.cedar`], schemas[`${PACKS}/${name}/schema.cedarschema`]];
  if (!head || !law || !schema) return null;
  const [json, policies, types] = await Promise.all([head(), law(), schema()]);
  const opened = openValue({ ...(JSON.parse(json) as { [name: string]: Json }), policies, schema: types });
  return opened.kind === "pack" ? opened.pack : null;
}

/** The pack of the record by its hash, or null if what came is not it. */
export async function packOfRecord(api: Client, hash: string): Promise<PackText | null> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  const bytes = await api.bytes(`/v1/packs/${hash}`, { anonymous: true });
  if (bytesToHex(sha256(bytes)) !== hash) return null;
  const opened = openFile(bytes);
  return opened.kind === "pack" ? opened.pack : null;
}

/** Every pack of this town's record. */
export async function packsOfRecord(api: Client): Promise<{ readonly hash: string; readonly pack: PackText }[]> {
  const { packs } = await api.json("/v1/town", obj<{ packs: string[] }>({ packs: list(str) }), { anonymous: true });
  const found = await Promise.all(packs.map(async (hash) => ({ hash, pack: await packOfRecord(api, hash) })));
  return found.flatMap(({ hash, pack }) => (pack === null ? [] : [{ hash, pack }]));
}
