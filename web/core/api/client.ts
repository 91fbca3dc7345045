/** A thin way to the server: paths in, checked answers out. `fetch` is handed in, so it runs in a page, a worker or Node. */

import { BadAnswer, type Read } from "./shape.ts";

type Bytes = Uint8Array<ArrayBuffer>;
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE" | "HEAD";

/** The version of the calls that this page makes: docs/spec/versions.md. */
export const SPEAKS = 1;

/** An answer that is no answer, in three sentences. `status` is 0 where nothing came back. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly what: string,
    readonly kept: string,
    readonly todo: string,
    readonly status: number,
  ) {
    super(`${what} ${kept} ${todo}`);
  }

  /** Nobody answered: the server is away, or we are offline. */
  get away(): boolean {
    return this.status === 0;
  }
}

/** An answer with the tag by which to ask whether it changed. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: string | null;
}

export interface Ask {
  readonly method?: Method;
  /** A JSON body. */
  readonly json?: unknown;
  /** A raw body. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Send no token, even when signed in. */
  readonly anonymous?: boolean;
}

/** Signs in and returns a token. Called once, and once more when a token has ended. */
export type SignIn = () => Promise<string>;

export class Client {
  readonly #fetch: Fetch;
  readonly #base: string;
  readonly #signIn: SignIn | null;
  #token: Promise<string> | null = null;
  /** Which of one's households calls are about; null: the only one. */
  household: string | null = null;

  constructor(fetch: Fetch, base = "", signIn: SignIn | null = null) {
    this.#fetch = fetch;
    this.#base = base;
    this.#signIn = signIn;
  }

  /** Asks for JSON and checks its shape. Throws ApiError. */
  async json<T>(path: string, read: Read<T>, ask: Ask = {}): Promise<T> {
    return readJson(await this.send(path, ask), read);
  }

  /** Asks for JSON that the server tags; null says that it is still what `tag` came with, and only if there is one.
   *  Throws ApiError. */
  async jsonIfChanged<T>(path: string, read: Read<T>, tag: string | null): Promise<Tagged<T> | null> {
    const answer = await this.send(path, tag === null ? {} : { headers: { "If-None-Match": tag } });
    if (answer.status === 304 && tag !== null) return null;
    return { value: await readJson(answer, read), tag: answer.headers.get("ETag") };
  }

  /** Asks for raw bytes. */
  async bytes(path: string, ask: Ask = {}): Promise<Bytes> {
    const answer = await this.send(path, ask);
    return new Uint8Array(await answer.arrayBuffer());
  }

  async text(path: string, ask: Ask = {}): Promise<string> {
    return (await this.send(path, ask)).text();
  }

  /** Bytes `from` to `to`, `to` not included. Throws ApiError if the server sends another length. */
  async range(path: string, from: number, to: number, signal?: AbortSignal): Promise<Bytes> {
    const ask: Ask = { headers: { Range: `bytes=${from}-${to - 1}` } };
    const answer = await this.send(path, signal ? { ...ask, signal } : ask);
    const body = new Uint8Array(await answer.arrayBuffer());
    // A server that knows no ranges sends the whole.
    return answer.status === 206 ? body : body.slice(from, to);
  }

  /** Sends one request; signs in first where needed. Throws ApiError for anything but success. */
  async send(path: string, ask: Ask = {}): Promise<Response> {
    const first = await this.#once(path, ask);
    if (first.status !== 401 || ask.anonymous || !this.#signIn) return this.#checked(first);
    this.#token = null; // it has ended
    return this.#checked(await this.#once(path, ask));
  }

  /** Signs in now, if not done yet. Throws ApiError. */
  async signedIn(): Promise<void> {
    await this.#signedInToken();
  }

  /** The token to sign another kind of connection in with. Throws ApiError. */
  async token(): Promise<string> {
    return (await this.#signedInToken()) ?? "";
  }

  /** The token has ended: the next call signs in anew. */
  forget(): void {
    this.#token = null;
  }

  /** Forgets the token and tells the server so. */
  async signOut(): Promise<void> {
    if (!this.#token) return;
    await this.send("/v1/sessions", { method: "DELETE" }).catch(() => undefined);
    this.#token = null;
  }

  #signedInToken(): Promise<string> | null {
    if (!this.#signIn) return null;
    this.#token ??= this.#signIn().catch((error: unknown) => {
      this.#token = null; // a failed attempt is not kept
      throw error;
    });
    return this.#token;
  }

  async #once(path: string, ask: Ask): Promise<Response> {
    const headers: Record<string, string> = { "Fanlight-Speaks": String(SPEAKS), ...ask.headers };
    const init: RequestInit = { method: ask.method ?? "GET", headers, credentials: "omit", referrerPolicy: "no-referrer" };
    if (ask.json !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(ask.json);
    } else if (ask.bytes) {
      headers["Content-Type"] = "application/octet-stream";
      init.body = ask.bytes as Bytes;
    }
    if (ask.signal) init.signal = ask.signal;
    const token = ask.anonymous ? null : await this.#signedInToken();
    if (token !== null) {
      headers["Authorization"] = `Bearer ${token}`;
      if (this.household !== null) headers["Fanlight-Household"] = this.household;
    }
    try {
      return await this.#fetch(this.#base + path, init);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new ApiError("client.away", "The server does not answer.", "What you see stays here.", "Look whether you are online, then try again.", 0);
    }
  }

  async #checked(answer: Response): Promise<Response> {
    if (answer.ok || answer.status === 304) return answer; // 304: to whoever sent a tag
    const said: unknown = await answer.json().catch(() => null);
    const get = (key: string, otherwise: string): string => {
      const value = said !== null && typeof said === "object" ? (said as Record<string, unknown>)[key] : undefined;
      return typeof value === "string" && value !== "" ? value : otherwise;
    };
    throw new ApiError(
      get("code", "client.refused"),
      get("what", `The server refused this (${answer.status}).`),
      get("kept", "Nothing was changed."),
      get("do", "Try again; if it stays so, tell whoever runs this server."),
      answer.status,
    );
  }
}

async function readJson<T>(answer: Response, read: Read<T>): Promise<T> {
  try {
    return read(await answer.json(), "the answer");
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    const why = error instanceof BadAnswer ? error.message : "it is no JSON";
    throw new ApiError("client.bad_answer", `The server answered in a way this page does not know: ${why}.`, "Nothing was changed here.", "Reload the page.", answer.status);
  }
}
