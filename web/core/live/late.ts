/** Whether a picture comes too late to be worth its decoding. Pure.
 *
 *  Between a hub and a busy screen seconds of pictures fit into buffers that nobody can empty from outside. Who
 *  decodes all of them stays behind; who goes on at a key frame has caught up. A way that is always slow is no
 *  reason to leave anything out: what counts is how much later than at best a picture comes. */
export const LATE_MS = 700;

export class Lateness {
  #bestMs = Infinity;

  /** Takes how old a picture is, in ms; tells whether it is late. */
  isLate(ageMs: number): boolean {
    // What was best long ago is worth a little less with each picture: clocks drift, and ways change.
    this.#bestMs = Math.min(this.#bestMs + 0.1, ageMs);
    return ageMs - this.#bestMs > LATE_MS;
  }
}
