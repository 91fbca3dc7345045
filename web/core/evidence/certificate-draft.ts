/**
 * Drafts of certificates under Federal Rule of Evidence 902(13) and (14). Twin of fanlight.custody.certificate_draft, to the byte.
 *
 * Holds:  nothing is signed, and what no file of the package shows is left blank; every value is text.
 * Why:    docs/spec/evidence.md#drafts-of-certificates
 */

import { type Bytes, utf8 } from "../bytes.ts";
import { hex } from "../seal/bytes.ts";
import type { DisclosureManifest } from "../seal/manifest.ts";
import copier from "../../../src/fanlight/custody/draft/copier.html?raw";
import maker from "../../../src/fanlight/custody/draft/maker.html?raw";
import page from "../../../src/fanlight/custody/draft/page.html?raw";
import type { Listed } from "./case-graph.ts";
import type { Giver } from "./giver.ts";

const FACTS = ["case_number", "agency", "recipient", "made_at", "package", "request"] as const;
const NO_REACH = "not said";
const CLOCKS = { hub: "by the clock of the hub that recorded it", media: "by the clock of the camera, and the hub's for the day" } as const;
const TRIMMED = "It is a part that its giver cut out of a longer recording.";
const BLURRED = "The film was made anew to blur the faces that the giver's browser found.";
const UNCHANGED = "Nothing that the signed manifest tells of.";
const ALL_NAMED = "none";
const ESCAPED: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const plain = (text: string): string => text.replace(/[&<>"]/g, (letter) => ESCAPED[letter] ?? letter);

/** A clip whose giver said who they are. */
export interface NamedClip {
  readonly film: Listed;
  readonly sealed: Listed;
  readonly manifest: DisclosureManifest;
  readonly giver: Giver;
}

type Values = Readonly<Record<string, string>>;
const fill = (template: string, values: Values, pages: Values = {}): string => template.replace(/\{\{([a-z0-9_]+)\}\}/g, (_all, name: string) => pages[name] ?? plain(values[name] ?? ""));

/** The page; `about` is of evidence.json, `unnamed` are the clips that nobody gave by name. */
export function certificateDrafts(about: Values, named: readonly NamedClip[], unnamed: readonly string[]): Bytes {
  const common = Object.fromEntries(FACTS.map((name) => [name, about[name] ?? ""]));
  const drafts = named.map((clip) => draftsOf(common, clip)).join("");
  return utf8(fill(page, { ...common, unnamed: unnamed.join(", ") || ALL_NAMED }, { drafts }));
}

function draftsOf(common: Values, { film, sealed, manifest, giver }: NamedClip): string {
  const { trimmed, facesBlurred, durationMs } = manifest;
  const done = [...(trimmed ? [TRIMMED] : []), ...(facesBlurred ? [BLURRED] : [])];
  const values = {
    ...common,
    disclosure: manifest.disclosure,
    name: giver.name,
    reach: giver.reach || NO_REACH,
    start: manifest.start,
    clock: CLOCKS[manifest.clock],
    seconds: `${Math.floor(durationMs / 1000)}.${String(durationMs % 1000).padStart(3, "0")}`,
    changed: done.join(" ") || UNCHANGED,
    root: hex(manifest.seal.treeRoot),
    film: film.path,
    film_size: String(film.size),
    film_sha256: film.sha256,
    sealed: sealed.path,
    sealed_size: String(sealed.size),
    sealed_sha256: sealed.sha256,
  };
  return (giver.confirms ? fill(maker, values) : "") + fill(copier, values);
}
