/** Photos and clips of a post on their way: each is sent once, to the place of pictures, and its receipt kept for the post.
 *
 *  Holds:   nothing is sent before the writer posts. A photo that was taken there is not sent again when the post is.
 */
import { ApiError, type Client } from "../../../core/api/client.ts";
import { beginMedia } from "../../../core/api/posts.ts";
import { placeOf, type Progress, put, type Send } from "../../../core/media/media.ts";

export interface Piece {
  readonly blob: Blob;
  readonly kind: "photo" | "clip";
}

export class Sending {
  readonly #api: Client;
  readonly #send: Send | undefined;
  readonly #receipts = new Map<Blob, string>();
  readonly #tickets = new Map<Blob, string>();

  constructor(api: Client, send?: Send) {
    this.#api = api;
    this.#send = send;
  }

  /** Sends what was not sent yet; returns the receipts in order. Throws ApiError; what was taken stays taken. */
  async all(pieces: readonly Piece[], progress: Progress): Promise<string[]> {
    const place = pieces.length > 0 ? (await placeOf(this.#api)).place : null;
    const receipts: string[] = [];
    for (const [i, piece] of pieces.entries()) {
      const share = (part: number): void => progress((i + part) / pieces.length);
      receipts.push(this.#receipts.get(piece.blob) ?? (await this.#one(place, piece, share)));
      share(1);
    }
    return receipts;
  }

  async #one(place: string | null, { blob, kind }: Piece, progress: Progress): Promise<string> {
    if (place === null) throw new ApiError("media.no_place", "This town keeps no pictures now.", "Your post is still here.", "Remove photo and clip, or try again later.", 503);
    const ticket = this.#tickets.get(blob) ?? (await beginMedia(this.#api, kind)).ticket;
    this.#tickets.set(blob, ticket); // good for half an hour, and for a second try
    try {
      const receipt = await put(place, ticket, blob, progress, this.#send ? { send: this.#send } : {});
      this.#receipts.set(blob, receipt);
      return receipt;
    } catch (error) {
      if (!(error instanceof ApiError && error.away)) this.#tickets.delete(blob);
      throw error;
    }
  }
}
