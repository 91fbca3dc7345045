/** Canonical JSON read strictly: every field is asked for once, with its form. What is anything else throws SealError `malformed`. */

import { type Json, parseJcs } from "../jcs.ts";
import { type Bytes, unb64 } from "./bytes.ts";
import { SealError } from "./errors.ts";

const HASH = /^[0-9a-f]{64}$/;

export function bad(why: string): never {
  throw new SealError("malformed", why);
}

function asObject(value: Json): { readonly [key: string]: Json } {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return bad("it is no object");
  return value as { readonly [key: string]: Json };
}

/** A canonical object whose every field must be asked for once, with its form. */
export class Fields {
  readonly #value: { readonly [key: string]: Json };
  readonly #asked = new Set<string>();

  constructor(value: { readonly [key: string]: Json }) {
    this.#value = value;
  }

  /** Reads a canonical text; of `type`, if one is given, in one of `versions`. */
  static of(canonical: string, type?: string, versions: readonly number[] = [1]): Fields {
    let value: { readonly [key: string]: Json };
    try {
      value = parseJcs(canonical);
    } catch {
      return bad("it is not canonical JSON");
    }
    const read = new Fields(value);
    if (type !== undefined && (!versions.includes(read.count("v")) || read.#take("type") !== type)) bad(`it is no ${type}`);
    return read;
  }

  /** Whether there is such a field, for those that may be missing. */
  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  match(name: string, form: RegExp): string {
    const value = this.#take(name);
    return typeof value === "string" && form.test(value) ? value : bad(`${name} has another form`);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#take(name);
    return allowed.find((choice) => choice === value) ?? bad(`${name} has another value`);
  }

  count(name: string, most = Number.MAX_SAFE_INTEGER): number {
    return integer(this.#take(name), most);
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    return typeof value === "boolean" ? value : bad(`${name} is neither true nor false`);
  }

  bytes(name: string, most: number): Bytes {
    const value = this.#take(name);
    const data = typeof value === "string" ? unb64(value) : bad(`${name} is not text`);
    return data.length <= most ? data : bad(`${name} is longer than allowed`);
  }

  nullableHash(name: string): string | null {
    const value = this.#take(name);
    if (value === null) return null;
    return typeof value === "string" && HASH.test(value) ? value : bad(`${name} has another form`);
  }

  numbers(name: string, length: number): number[] {
    return tuple(this.#take(name), length);
  }

  rows(name: string, length: number): number[][] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > 100_000) bad(`${name} has another form`);
    return (value as readonly Json[]).map((row) => tuple(row, length));
  }

  /** The objects of a list, each to be read to its end. */
  objects(name: string, most: number): Fields[] {
    const value = this.#take(name);
    if (!Array.isArray(value) || value.length > most) bad(`${name} has another form`);
    return (value as readonly Json[]).map((one) => new Fields(asObject(one)));
  }

  object(name: string): Fields {
    return new Fields(asObject(this.#take(name)));
  }

  /** The texts of a list, or null where there may be null instead. */
  texts(name: string, form: RegExp, most: number): string[] | null {
    const value = this.#take(name);
    if (value === null) return null;
    if (!Array.isArray(value) || value.length > most) bad(`${name} has another form`);
    return (value as readonly Json[]).map((one) => (typeof one === "string" && form.test(one) ? one : bad(`${name} has another form`)));
  }

  /** The names of all fields, for objects that are lists by name. */
  names(form: RegExp, most: number): string[] {
    const names = Object.keys(this.#value);
    if (names.length > most || !names.every((name) => form.test(name))) bad("a name has another form");
    return names;
  }

  /** Throws if there is a field that nobody asked for. */
  end(): void {
    if (Object.keys(this.#value).some((name) => !this.#asked.has(name))) bad("it has a field too many");
  }

  #take(name: string): Json {
    this.#asked.add(name);
    if (!Object.hasOwn(this.#value, name)) bad(`${name} is missing`);
    return this.#value[name] as Json;
  }
}

function integer(value: Json | undefined, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > most) {
    return bad("a number is out of range");
  }
  return value;
}

function tuple(value: Json, length: number): number[] {
  if (!Array.isArray(value) || value.length !== length) return bad("a list has another length");
  return (value as readonly Json[]).map((item) => integer(item));
}
