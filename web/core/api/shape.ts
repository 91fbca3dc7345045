/** Small validators: what a server answered either has the shape a caller asked for, or is refused here.
 *  The types of the API are written by hand for now; each is checked on arrival, so that a wrong one fails at the border. */

export class BadAnswer extends Error {}

export type Read<T> = (value: unknown, where: string) => T;

export const str: Read<string> = (value, where) => {
  if (typeof value !== "string") throw new BadAnswer(`${where} is no text`);
  return value;
};

export const num: Read<number> = (value, where) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new BadAnswer(`${where} is no number`);
  return value;
};

export const bool: Read<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw new BadAnswer(`${where} is neither true nor false`);
  return value;
};

/** Whatever came; the caller looks at it itself. */
export const raw: Read<unknown> = (value) => value;

export const list =
  <T>(one: Read<T>): Read<T[]> =>
  (value, where) => {
    if (!Array.isArray(value)) throw new BadAnswer(`${where} is no list`);
    return value.map((item, i) => one(item, `${where}[${i}]`));
  };

export const record = (value: unknown, where: string): Record<string, unknown> => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new BadAnswer(`${where} is no object`);
  return value as Record<string, unknown>;
};

/** An object with these members; others are ignored, so that a newer server can say more. */
export const obj =
  <T extends object>(fields: { [K in keyof T]: Read<T[K]> }): Read<T> =>
  (value, where) => {
    const from = record(value, where);
    const out: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T & string)[]) out[key] = fields[key](from[key], `${where}.${key}`);
    return out as T;
  };

export const nullable =
  <T>(one: Read<T>): Read<T | null> =>
  (value, where) =>
    value === null || value === undefined ? null : one(value, where);

/** `one`, or `otherwise` where the member is missing. */
export const or =
  <T>(one: Read<T>, otherwise: T): Read<T> =>
  (value, where) =>
    value === null || value === undefined ? otherwise : one(value, where);

/** One of a closed list of texts. */
export const oneOf =
  <const T extends readonly string[]>(allowed: T): Read<T[number]> =>
  (value, where) => {
    const found = allowed.find((choice) => choice === value);
    if (found === undefined) throw new BadAnswer(`${where} is none of ${allowed.join(", ")}`);
    return found;
  };
