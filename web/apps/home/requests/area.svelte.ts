/** What agencies ask in the household's area, read with the area's key, and what this device remembers of answers.
 *
 *  Holds:   every device of the area fetches the same files at the same pace, whatever it shows or answers.
 *  Absent:  what reads a request (ask.ts): it is fetched after the first page, by everybody.
 */
import { type CellFile, cellKey, cellRequests, logFile, pack } from "../../../core/api/calls.ts";
import { ApiError, type Client } from "../../../core/api/client.ts";
import type { Session } from "../../../ui/session.ts";
import { troubleOf, type Trouble } from "../../../ui/trouble.ts";
import { type Answer, Answers, type Quiet } from "./answers.ts";
import type { Cell, CellRefused } from "./ask.ts";

const EVERY_MS = 20_000;

export class Area {
  cell = $state.raw<Cell | null>(null);
  trouble = $state.raw<CellRefused["why"] | null>(null);
  /** Why the list of requests could not be had, where the server did answer. */
  away = $state.raw<Trouble | null>(null);
  /** No agency can ask in this area: the town has no such cell. */
  none = $state(false);
  readonly #session: Session;
  readonly #ground: Client;
  readonly #answers: Answers;
  #answersVersion = $state(0);
  #asked = 0;
  /** The cell whose key this is. */
  #key: { readonly cell: string; readonly identity: string } | null = null;
  #read = "";
  readonly #packs = new Map<string, Promise<string>>();

  constructor(session: Session, ground: Client) {
    this.#session = session;
    this.#ground = ground;
    this.#answers = new Answers(session.seed, localStorage);
  }

  answer(request: string): Answer | null {
    void this.#answersVersion; // read, so that pages follow changes
    return this.#answers.of(request);
  }
  get answered(): Answer[] {
    void this.#answersVersion;
    return this.#answers.all();
  }
  remember(answer: Answer): void {
    this.#answers.put(answer);
    this.#answersVersion++;
  }
  forget(request: string): void {
    this.#answers.drop(request);
    this.#answersVersion++;
  }

  get quiet(): Quiet {
    void this.#answersVersion;
    return this.#answers.quiet;
  }
  set quiet(quiet: Quiet) {
    this.#answers.quiet = quiet;
    this.#answersVersion++;
  }

  /** Fetches the cell's requests, if it is time. Throws ApiError where the server is away. */
  async refreshInTurn(cell: string): Promise<void> {
    if (Date.now() - this.#asked > EVERY_MS) await this.refresh(cell);
  }

  /** Fetches the cell's requests now. Throws ApiError where the server is away. */
  async refresh(cell: string): Promise<void> {
    this.#asked = Date.now();
    const file = await this.#file(cell);
    if (!file) return;
    const bytes = file.sig + file.body;
    if (bytes === this.#read && this.cell) return; // the file changes only when a request opens or closes
    if (this.#key?.cell !== cell) this.#key = { cell, identity: (await cellKey(this.#session.api, cell)).identity };
    const [{ CellRefused, readCell }, { decide }] = await Promise.all([import("./ask.ts"), import("../../../core/policy/worker.ts")]);
    try {
      const read = await readCell(file, {
        cell,
        identity: this.#key.identity,
        seen: this.#answers.seen,
        file: (path) => logFile(this.#ground, path),
        pack: (sha256) => this.#pack(sha256),
        decide,
      });
      this.cell = read;
      // By every device of the area: fetched when it is opened, a request's page would tell that somebody reads one.
      if (read.asks.length > 0) void import("./AskPage.svelte").catch(() => undefined); // told where the page is missed
      this.trouble = null;
      this.#read = read.asks.some((ask) => Object.values(ask.checks).includes("unknown")) ? "" : bytes;
      this.#answers.seen = read.pin;
    } catch (error) {
      if (error instanceof ApiError && !error.away) {
        this.away = troubleOf(error); // a piece of the record is missing: nothing newer counts until it is there
        return;
      }
      if (!(error instanceof CellRefused)) throw error;
      this.cell = null;
      this.trouble = error.why;
    }
  }

  async #file(cell: string): Promise<CellFile | null> {
    try {
      const file = await cellRequests(this.#ground, cell);
      this.away = null;
      this.none = false;
      return file;
    } catch (error) {
      if (!(error instanceof ApiError) || error.away) throw error;
      this.none = error.status === 404; // nobody can ask here
      this.away = error.status === 404 ? null : troubleOf(error); // the witness is away: the list waits for it
      return null;
    }
  }

  #pack(sha256: string): Promise<string> {
    const known = this.#packs.get(sha256) ?? pack(this.#ground, sha256);
    this.#packs.set(sha256, known);
    known.catch(() => this.#packs.delete(sha256));
    return known;
  }
}
