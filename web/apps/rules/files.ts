/**
 * Pack files in and out: one file, or a folder as a zip. Both are what `fanlight pack check` takes.
 *
 * In:     bytes that somebody chose; a pack.
 * Out:    a pack's JSON, or one reason why it is none; bytes to save.
 * Holds:  whatever bytes come, there is a result. What is opened has a pack's fields and kinds; whether it is a sound
 *         pack is for core/policy to say, so that a broken one can be mended here.
 */
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

import { jcs, type Json } from "../../core/jcs.ts";
import { problemsOf } from "../../core/policy/form.ts";
import type { PackText } from "../../core/policy/shapes.ts";

export type Opened = { readonly kind: "pack"; readonly pack: PackText } | { readonly kind: "no-pack"; readonly why: string };

const FILES = ["pack.json", "ordinance.cedar", "schema.cedarschema"] as const;
const MAX_FILE = 256 * 1024;
const MAX_ZIP = 1024 * 1024;
const NO_FOLDER = "its folder lacks a readable pack.json, ordinance.cedar or schema.cedarschema";
const DAY_ONE = new Date(1980, 0, 1);

const no = (why: string): Opened => ({ kind: "no-pack", why });

/** Reads a pack file or the zip of a pack's folder. */
export function openFile(data: Uint8Array): Opened {
  const zipped = data[0] === 0x50 && data[1] === 0x4b && data[2] === 3 && data[3] === 4;
  if (zipped) return openZip(data);
  if (data.length > MAX_FILE) return no("it is larger than 256 KiB");
  const text = textOf(data);
  return text === null ? no("it is no text") : openValue(parsed(text));
}

/** Reads a decoded pack: its fields and their kinds. */
export function openValue(value: unknown): Opened {
  if (value === undefined) return no("it is no JSON");
  const wrong = problemsOf(value).find(({ kind }) => kind !== "limit");
  if (wrong !== undefined) return no(`it has not the form of a pack: ${wrong.at.join(".") || "the whole"} must be ${wrong.asks}`);
  try {
    return { kind: "pack", pack: JSON.parse(new TextDecoder().decode(jcs(value as Json))) as PackText };
  } catch {
    return no("it holds half a character");
  }
}

function openZip(data: Uint8Array): Opened {
  if (data.length > MAX_ZIP) return no("its zip is larger than 1 MiB");
  let found: Record<string, Uint8Array>;
  let large = false;
  try {
    const seen: string[] = [];
    found = unzipSync(data, {
      filter: ({ name, originalSize }) => {
        const wanted = (FILES as readonly string[]).includes(name.slice(name.lastIndexOf("/") + 1));
        if (wanted) seen.push(name);
        large ||= wanted && originalSize > MAX_FILE;
        return wanted && originalSize <= MAX_FILE;
      },
    });
    if (large || seen.length !== FILES.length) return no(NO_FOLDER);
  } catch {
    return no(NO_FOLDER);
  }
  const [first = ""] = Object.keys(found);
  const below = first.slice(0, first.lastIndexOf("/") + 1);
  const texts = FILES.map((name) => {
    const bytes = found[below + name];
    return bytes === undefined ? null : textOf(bytes);
  });
  const [pack, policies, schema] = texts;
  if (typeof pack !== "string" || typeof policies !== "string" || typeof schema !== "string") return no(NO_FOLDER);
  const value = parsed(pack);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return no(NO_FOLDER);
  const lines = (text: string): string => text.replace(/\r\n?/g, "\n");
  return openValue({ ...value, policies: lines(policies), schema: lines(schema) });
}

function textOf(data: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The one file of a pack: its canonical bytes. */
export const packFile = (pack: PackText): Uint8Array<ArrayBuffer> => jcs(pack as unknown as Json);

/** A pack's folder as a zip; the same pack gives the same bytes. */
export function zipFile(pack: PackText): Uint8Array<ArrayBuffer> {
  const { policies, schema, ...rest } = pack;
  const below = `${nameOf(pack)}/`;
  const files = {
    [`${below}pack.json`]: strToU8(`${JSON.stringify(rest, null, 2)}\n`),
    [`${below}ordinance.cedar`]: strToU8(policies),
    [`${below}schema.cedarschema`]: strToU8(schema),
  };
  return zipSync(files, { mtime: DAY_ONE }) as Uint8Array<ArrayBuffer>;
}

/** A name for a pack's files. */
export const nameOf = ({ meta }: PackText): string => (/^[a-z][a-z0-9_.-]{1,63}$/.test(meta.id) ? meta.id : "ordinance");

/** The canonical text of a pack, or null where it holds what no JSON can. */
export function canonicalOf(pack: PackText): string | null {
  try {
    return strFromU8(packFile(pack));
  } catch {
    return null;
  }
}
