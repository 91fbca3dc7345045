/** A zip that grows file by file. What was added is handed to the browser piece by piece, which may put it on disk; a large
 *  household's film is never in memory whole. Twins of a name get a number. */
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from "fflate";

const PIECE = 8 * 1024 * 1024;

export class Archive {
  /** Bytes so far. */
  size = 0;
  readonly #names = new Map<string, number>();
  readonly #pieces: Blob[] = [];
  #fresh: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  readonly #zip: Zip;
  readonly #ended: Promise<void>;

  constructor() {
    let end: () => void;
    let fail: (error: Error) => void;
    this.#ended = new Promise((resolve, reject) => ([end, fail] = [resolve, reject]));
    this.#ended.catch(() => undefined); // told by `done`
    this.#zip = new Zip((error, chunk, final) => {
      if (error) fail(error);
      else this.#take(chunk as Uint8Array<ArrayBuffer>);
      if (final) end();
    });
  }

  json(name: string, value: unknown): void {
    this.text(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  text(name: string, text: string): void {
    const file = new ZipDeflate(this.#own(name));
    this.#zip.add(file);
    file.push(strToU8(text), true);
  }

  /** Stored as it is: film and sealed bytes do not shrink. */
  bytes(name: string, parts: readonly Uint8Array[]): void {
    const file = new ZipPassThrough(this.#own(name));
    this.#zip.add(file);
    for (const part of parts) file.push(part);
    file.push(new Uint8Array(), true);
  }

  async done(): Promise<Blob> {
    this.#zip.end();
    await this.#ended;
    this.#put();
    return new Blob(this.#pieces, { type: "application/zip" });
  }

  /** Two cameras of one name may begin a clip in one second. */
  #own(name: string): string {
    const before = this.#names.get(name) ?? 0;
    this.#names.set(name, before + 1);
    return before === 0 ? name : name.replace(/(\.[^./]+)?$/, ` (${before + 1})$1`);
  }

  #take(chunk: Uint8Array<ArrayBuffer>): void {
    this.#fresh.push(chunk);
    this.size += chunk.length;
    this.#waiting += chunk.length;
    if (this.#waiting >= PIECE) this.#put();
  }

  #put(): void {
    this.#pieces.push(new Blob(this.#fresh));
    this.#fresh = [];
    this.#waiting = 0;
  }
}
