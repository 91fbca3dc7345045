/**
 * The form of an ordinance pack's JSON: which fields it has, and of which kind. Twin of fanlight.policy.form.
 *
 * In:     decoded JSON.
 * Out:    what is wrong with it, each with its place; none is a pack's form.
 * Holds:  an unknown field refuses the pack. A `limit` is a value of the right kind that is empty, too long or
 *         out of bounds: a draft may have such, a pack may not.
 * Absent: Cedar (cedar.ts), and what must agree with what (pack.ts).
 */
export type Place = readonly (string | number)[];
export type Problem = {
  readonly at: Place;
  readonly kind: "type" | "missing" | "unknown" | "limit";
  /** What is asked for there. */
  readonly asks: string;
};

type Check = (value: unknown, at: Place, found: Problem[]) => void;
type Fields = { readonly [name: string]: Check };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lengthOf = (text: string): number => (text.length <= 1000 ? text.length : [...text].length);

function object(must: Fields, may: Fields = {}): Check {
  return (value, at, found) => {
    if (!isRecord(value)) return void found.push({ at, kind: "type", asks: "an object" });
    for (const [name, check] of Object.entries(must)) {
      if (Object.hasOwn(value, name)) check(value[name], [...at, name], found);
      else found.push({ at: [...at, name], kind: "missing", asks: "a value" });
    }
    for (const [name, one] of Object.entries(value)) {
      if (Object.hasOwn(must, name)) continue;
      const check = Object.hasOwn(may, name) ? may[name] : undefined;
      if (check === undefined) found.push({ at: [...at, name], kind: "unknown", asks: "nothing" });
      else check(one, [...at, name], found);
    }
  };
}

function list(each: Check, least = 0, most = Infinity): Check {
  return (value, at, found) => {
    if (!Array.isArray(value)) return void found.push({ at, kind: "type", asks: "a list" });
    if (value.length < least) found.push({ at, kind: "limit", asks: "at least one" });
    if (value.length > most) found.push({ at, kind: "limit", asks: `at most ${most}` });
    value.forEach((one: unknown, place) => each(one, [...at, place], found));
  };
}

function record(each: Check): Check {
  return (value, at, found) => {
    if (!isRecord(value)) return void found.push({ at, kind: "type", asks: "an object" });
    for (const [name, one] of Object.entries(value)) each(one, [...at, name], found);
  };
}

function texts(asks: string, fits: (text: string) => boolean): Check {
  return (value, at, found) => {
    if (typeof value !== "string") found.push({ at, kind: "type", asks: "a text" });
    else if (!fits(value)) found.push({ at, kind: "limit", asks });
  };
}

function whole(least: number, most: number): Check {
  return (value, at, found) => {
    if (!Number.isSafeInteger(value)) found.push({ at, kind: "type", asks: "a whole number" });
    else if ((value as number) < least || (value as number) > most) {
      found.push({ at, kind: "limit", asks: most === Infinity ? `at least ${least}` : `${least} to ${most}` });
    }
  };
}

function oneOf(...values: readonly unknown[]): Check {
  return (value, at, found) => {
    if (!values.includes(value)) found.push({ at, kind: "type", asks: values.join(" or ") });
  };
}

const orNull =
  (check: Check): Check =>
  (value, at, found) =>
    value === null || check(value, at, found);

const flag: Check = oneOf(true, false);
const any = texts("", () => true);
const text = texts("1 to 1,000 characters", (value) => value !== "" && lengthOf(value) <= 1000);
const id = texts("2 to 64 small letters, digits, and . - _ after the first", (value) => /^[a-z][a-z0-9_.-]{1,63}$/.test(value));
const day = texts("a day such as 2026-11-21", (value) => /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value));
const read = texts("a day or month such as 2026-11, or unread", (value) => /^([0-9]{4}-[0-9]{2}(-[0-9]{2})?|unread)$/.test(value));
const language = texts("two or three small letters", (value) => /^[a-z]{2,3}$/.test(value));
const fact: Check = (value, at, found) => {
  if (typeof value !== "boolean" && typeof value !== "string" && !Number.isSafeInteger(value)) {
    found.push({ at, kind: "type", asks: "yes or no, a whole number, or a text" });
  }
};

const cite = object({ law: text, section: text, source: text, read });
const clause = object({
  id,
  section: text,
  actions: list(id, 1),
  cites: list(cite, 1),
  holds: text,
  refuses: text,
  lawful_if: text,
});
const jurisdiction = object({ name: text, polygon: id }, { level: oneOf("city", "county", "state"), adds: flag });
const terms = object({ second_signature_hours: whole(1, 72), open_days: whole(1, 90), opening_days: whole(1, 180) });
const meta = object(
  {
    id,
    title: text,
    version: whole(1, Infinity),
    language,
    jurisdiction,
    effective_from: day,
    effective_until: orNull(day),
    note: text,
    terms,
  },
  { decides: orNull(list(id)) },
);
const vector = object({ why: text, action: id, change: record(fact), expect: oneOf("accepted", "refused"), rules: list(id) });
const pack = object(
  {
    v: oneOf(1),
    type: oneOf("pack"),
    meta,
    policies: any,
    schema: any,
    clauses: list(clause, 1, 200),
    vectors: object({ base: record(record(fact)), cases: list(vector) }),
  },
  { cannot_express: list(object({ section: text, says: text }), 0, 200) },
);

/** What is wrong with a decoded pack, in the order of its fields. */
export function problemsOf(value: unknown): Problem[] {
  const found: Problem[] = [];
  pack(value, [], found);
  return found;
}

/** Whether a text names a day that is in the calendar. */
export function inCalendar(text: string): boolean {
  const time = /^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}
