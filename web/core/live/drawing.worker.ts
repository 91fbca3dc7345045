/** Decodes and shows one camera's pictures, apart from the page. */
import type { News, Order } from "./apart.ts";
import { CanvasSurface, PictureSink, type Shown, type Surface, TrackSurface } from "./canvas.ts";

const TELL_MS = 250;

let aheadMs = 0;
let sink: PictureSink | null = null;
let last: Shown | null = null;
let everTold = false;

const post = (news: News): void => self.postMessage(news);
function tell(): void {
  const report = sink?.report();
  if (!report || (report.shown === 0 && report.missed === 0)) return;
  post({ t: "news", report, last });
  last = null;
}

function begin(surface: Surface): void {
  sink = new PictureSink(surface, {
    now: () => Date.now() + aheadMs,
    shown: (one) => {
      last = one;
      if (!everTold) tell();
      everTold = true;
    },
    failed: () => post({ t: "failed" }),
  });
  setInterval(tell, TELL_MS);
}

self.onmessage = ({ data }: MessageEvent<Order>): void => {
  switch (data.t) {
    case "canvas":
      return begin(new CanvasSurface(data.canvas));
    case "track":
      return begin(new TrackSurface(data.track));
    case "begin":
      return sink?.begin(data.told);
    case "show":
      aheadMs = data.aheadMs;
      return sink?.show(data.picture);
  }
};
