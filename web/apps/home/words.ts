/** The home app's catalogue of words. A new page's words are a file in `words/` and a line in `words/catalogue.ts`.
 *  A translation is a folder with the same files; `Words` is what the compiler holds it to. */
export * as words from "./words/catalogue.ts";

/** The shape of the catalogue. */
export type Words = typeof import("./words/catalogue.ts");
