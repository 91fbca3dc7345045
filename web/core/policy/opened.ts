/**
 * A pack as a person has it on their device: its file, its folder as a zip, or the three files of its folder. Twin of
 * fanlight.policy.shipped, `assemble` and `assemble_zip`.
 *
 * In:     names and bytes of files that somebody chose.
 * Out:    the canonical text that pack.ts reads, or why there is none.
 * Holds:  the same bytes give the same text as at a command line; a zip's own claims about sizes are not believed.
 * Absent: whether the text is a pack (pack.ts).
 */
import { unzipSync } from "fflate";

import { BadJson, jcsText, type Json } from "../jcs.ts";

export type Chosen = { readonly name: string; readonly bytes: Uint8Array };
export type Opened = { readonly kind: "text"; readonly text: string } | { readonly kind: "bad-pack"; readonly why: string };

const FILES = ["pack.json", "ordinance.cedar", "schema.cedarschema"] as const;
const MAX_FILE = 256 * 1024;
const MAX_ZIP = 1024 * 1024;
const UNREADABLE: Opened = { kind: "bad-pack", why: "its folder lacks a readable pack.json, ordinance.cedar or schema.cedarschema" };

/** Reads what was chosen. Never throws for outside bytes. */
export function openPack(chosen: readonly Chosen[]): Opened {
  const [one] = chosen;
  if (chosen.length !== 1 || one === undefined) return assembled(chosen);
  if (isZip(one.bytes)) return unzipped(one.bytes);
  try {
    return { kind: "text", text: decode(one.bytes) };
  } catch {
    return { kind: "bad-pack", why: "it has not the form of a pack" };
  }
}

const isZip = (bytes: Uint8Array): boolean => [0x50, 0x4b, 3, 4].every((byte, at) => bytes[at] === byte);
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

function unzipped(zip: Uint8Array): Opened {
  if (zip.length > MAX_ZIP) return { kind: "bad-pack", why: "its zip is larger than 1 MiB" };
  const names: string[] = [];
  try {
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!FILES.some((wanted) => wanted === last(name))) return false;
        names.push(name);
        return originalSize <= MAX_FILE;
      },
    });
    const folders = new Set(names.map((name) => name.slice(0, name.length - last(name).length)));
    if (folders.size !== 1 || names.length !== FILES.length) return UNREADABLE;
    return assembled(Object.entries(files).map(([name, bytes]) => ({ name: last(name), bytes })));
  } catch {
    return UNREADABLE;
  }
}

function assembled(files: readonly Chosen[]): Opened {
  const [pack, policies, schema] = FILES.map((wanted) => files.filter(({ name }) => name === wanted));
  if (files.length !== FILES.length || pack?.[0] === undefined || policies?.[0] === undefined || schema?.[0] === undefined) return UNREADABLE;
  try {
    const value = JSON.parse(decode(pack[0].bytes)) as Json;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return UNREADABLE;
    return { kind: "text", text: jcsText({ ...value, policies: lines(policies[0].bytes), schema: lines(schema[0].bytes) }) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError || error instanceof BadJson) return UNREADABLE;
    throw error;
  }
}

/** A text however its lines end: an editor's habit is no other ordinance. */
const lines = (bytes: Uint8Array): string => decode(bytes).replace(/\r\n?/g, "\n");
