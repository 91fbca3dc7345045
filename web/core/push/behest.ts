/** A behest: what a member asks of their hubs for one browser. Twin of fanlight.hub.push.behests; docs/spec/push.md. */
import { list, nullable, num, obj, oneOf, or, type Read, str } from "../api/shape.ts";
import { type Json, jcs, jcsText, parseJcs } from "../jcs.ts";
import { openAge, sealAge } from "../seal/age.ts";
import { b64, type Bytes, text, unb64, utf8 } from "../seal/bytes.ts";
import { SealError } from "../seal/errors.ts";
import { type MemberKeys, sign, verify } from "../seal/keys.ts";

export const KINDS = ["doorbell", "person", "package", "vehicle", "animal", "trouble"] as const;
export const WHENS = ["always", "away", "never"] as const;
export const MODES = ["home", "away", "off"] as const;
export type Kind = (typeof KINDS)[number];
export type When = (typeof WHENS)[number];
export type Mode = (typeof MODES)[number];
export type Kinds = Readonly<Partial<Record<Kind, When>>>;

/** How a browser is reached: the server's ticket, and the keys that encrypt for it (base64url). */
export interface Subscription {
  readonly ticket: string;
  readonly p256dh: string;
  readonly auth: string;
}
/** Of what dispatch reports: classes, and H3 cells of a part of town; none: all of it. `through`: in quiet hours too. */
export interface Near {
  readonly classes: readonly string[];
  readonly cells: readonly string[];
  readonly through: boolean;
}
/** What a browser is told of. Names as they are signed. */
export interface Choices {
  readonly pace: "now" | "even";
  readonly even_at: string;
  readonly quiet: { readonly start: string; readonly end: string } | null;
  readonly bell_through: boolean;
  readonly rest_s: number;
  readonly picture: boolean;
  readonly kinds: Kinds;
  readonly cameras: Readonly<Record<string, Kinds>>;
  /** Left out: nothing of it. */
  readonly near?: Near;
}
/** At this hour of these days (0 is Monday) the mode changes. */
export interface Turn {
  readonly days: readonly number[];
  readonly at: string;
  readonly set: Mode;
}
export interface ModeBehest {
  readonly at: string;
  readonly set: Mode;
  readonly tz: string;
  readonly turns: readonly Turn[];
}
export interface Behest {
  readonly household: string;
  /** Base64 of the member's signing key. */
  readonly by: string;
  readonly device: string;
  readonly at: string;
  readonly tz: string;
  readonly subscription: Subscription | null;
  readonly choices: Choices;
  /** When a test was asked for. */
  readonly test: string | null;
  readonly mode: ModeBehest | null;
}

export const PLAIN: Choices = {
  pace: "now",
  even_at: "18:30",
  quiet: null,
  bell_through: true,
  rest_s: 120,
  picture: true,
  kinds: {},
  cameras: {},
};

const BEHEST_BYTES = 8 * 1024;
const CONTEXT = "push";

const kinds: Read<Kinds> = obj<Record<Kind, When | null>>({
  doorbell: nullable(oneOf(WHENS)),
  person: nullable(oneOf(WHENS)),
  package: nullable(oneOf(WHENS)),
  vehicle: nullable(oneOf(WHENS)),
  animal: nullable(oneOf(WHENS)),
  trouble: nullable(oneOf(WHENS)),
}) as unknown as Read<Kinds>;
const chosen: Read<Kinds> = (value, where) => Object.fromEntries(Object.entries(kinds(value, where)).filter(([, when]) => when !== null));
const flag: Read<boolean> = (value) => value === true;
const near = nullable(obj<Near>({ classes: list(str), cells: list(str), through: flag }));
const chosenOf: Read<Choices> = obj<Choices>({
  pace: oneOf(["now", "even"]),
  even_at: str,
  quiet: nullable(obj<{ start: string; end: string }>({ start: str, end: str })),
  bell_through: flag,
  rest_s: num,
  picture: flag,
  kinds: chosen,
  cameras: (value, where) =>
    Object.fromEntries(Object.entries((value ?? {}) as Record<string, unknown>).map(([camera, own]) => [camera, chosen(own, `${where}.${camera}`)])),
});
export const turn: Read<Turn> = obj<Turn>({ days: list(num), at: str, set: oneOf(MODES) });
const choices: Read<Choices> = (value, where) => {
  const asked = near((value as { near?: unknown } | null)?.near ?? null, `${where}.near`);
  return { ...chosenOf(value, where), ...(asked ? { near: asked } : {}) };
};
const behest: Read<Behest> = obj<Behest>({
  household: str,
  by: str,
  device: str,
  at: str,
  tz: str,
  subscription: nullable(obj<Subscription>({ ticket: str, p256dh: str, auth: str })),
  choices,
  test: or(nullable(str), null),
  mode: nullable(obj<ModeBehest>({ at: str, set: oneOf(MODES), tz: str, turns: list(turn) })),
});

/** The age file of a behest, signed, for the household's hubs and its own author. Throws SealError if it says too much. */
export async function sealBehest(asked: Behest, keys: MemberKeys, hubs: readonly string[]): Promise<Bytes> {
  const signed = jcsText({ v: 1, type: "push", ...asked } as unknown as Json);
  const box = { pad: "", sig: b64(sign(keys.signing, CONTEXT, utf8(signed))), behest: signed };
  const spare = BEHEST_BYTES - jcs(box).length;
  if (spare < 0) throw new SealError("malformed", "it says more than one behest holds");
  return sealAge(jcs({ ...box, pad: "0".repeat(spare) }), [...hubs, keys.age.recipient]);
}

/** One's own behest as the server kept it; null if it is not one's own, or of another form. */
export async function openOwnBehest(body: Uint8Array, keys: MemberKeys): Promise<Behest | null> {
  try {
    const box = parseJcs(text(await openAge(body, [keys.age.secret])));
    const signed = str(box["behest"], "behest");
    verify(keys.signing.public, CONTEXT, utf8(signed), unb64(str(box["sig"], "sig")));
    return behest(parseJcs(signed), "behest");
  } catch {
    return null;
  }
}
