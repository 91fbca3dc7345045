/** Shows a camera from a worker of its own: decoding and drawing wait for nothing that the page does.
 *
 *  In:     opened pictures of one camera, which are handed over, not copied.
 *  Out:    a canvas drawn by the worker; how it goes, a few times a second.
 *  Absent: the drawing itself (`canvas`), which the worker does.
 */
import type { Screen, Shown } from "./canvas.ts";
import type { Picture } from "./sealed.ts";
import type { Sink } from "./session.ts";
import type { StreamTold } from "./words.ts";

/** What the worker is told. `aheadMs`: add it to `Date.now()` for the hub's clock. */
export type Order =
  | { readonly t: "canvas"; readonly canvas: OffscreenCanvas }
  | { readonly t: "track"; readonly track: WritableStream<VideoFrame> }
  | { readonly t: "begin"; readonly told: StreamTold }
  | { readonly t: "show"; readonly picture: Picture; readonly aheadMs: number };
export type Report = ReturnType<Sink["report"]>;
/** What it tells: how it went since it told last, and the newest picture that it drew; or that it cannot. */
export type News = { readonly t: "news"; readonly report: Report; readonly last: Shown | null } | { readonly t: "failed" };

/** Its end of the worker. */
export interface Hand {
  postMessage(order: Order, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<News>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

type MakeGenerator = new (of: { kind: "video" }) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };
/** Whether a video element takes decoded pictures here: it costs less than a canvas, which every browser has. */
export const takesTracks = (): boolean => "MediaStreamTrackGenerator" in globalThis;

export class ApartSink implements Sink {
  readonly #hand: Hand;
  readonly #screen: Screen;
  #behindMs = Infinity;
  #missed = 0;
  #shown = 0;
  #letGo: () => void = () => undefined;

  /** A canvas is given away for good: no other sink can draw on it. A video only where `takesTracks`. */
  constructor(element: HTMLCanvasElement | HTMLVideoElement, screen: Screen, hand: Hand = makeHand()) {
    this.#hand = hand;
    this.#screen = screen;
    hand.onmessage = ({ data }) => (data.t === "news" ? this.#take(data.report, data.last) : screen.failed());
    hand.onerror = () => screen.failed();
    if (element instanceof HTMLCanvasElement) {
      const canvas = element.transferControlToOffscreen();
      hand.postMessage({ t: "canvas", canvas }, [canvas]);
    } else {
      const generator = new (globalThis as unknown as { MediaStreamTrackGenerator: MakeGenerator }).MediaStreamTrackGenerator({ kind: "video" });
      element.srcObject = new MediaStream([generator]);
      void element.play().catch(() => undefined); // taken away again before it began
      hand.postMessage({ t: "track", track: generator.writable }, [generator.writable]);
      this.#letGo = () => {
        generator.stop();
        element.srcObject = null;
      };
    }
  }

  begin(told: StreamTold): void {
    this.#hand.postMessage({ t: "begin", told }, []);
  }

  show(picture: Picture): void {
    this.#hand.postMessage({ t: "show", picture, aheadMs: this.#screen.now() - Date.now() }, [picture.data.buffer]);
  }

  report(): Report {
    const said = { behindMs: Number.isFinite(this.#behindMs) ? this.#behindMs : 0, missed: this.#missed, shown: this.#shown };
    this.#behindMs = Infinity;
    this.#missed = this.#shown = 0;
    return said;
  }

  close(): void {
    this.#hand.onmessage = this.#hand.onerror = null;
    this.#hand.terminate();
    this.#letGo();
  }

  #take(report: Report, last: Shown | null): void {
    this.#missed += report.missed;
    this.#shown += report.shown;
    if (report.behindMs > 0) this.#behindMs = Math.min(this.#behindMs, report.behindMs);
    if (last) this.#screen.shown(last);
  }
}

const makeHand = (): Hand => new Worker(new URL("./drawing.worker.ts", import.meta.url), { type: "module" });
