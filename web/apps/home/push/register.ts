/** Registers the worker that shows alerts and keeps the app's frame. A page without one works as ever. */
import { route } from "../../../ui/route.svelte.ts";

/** The window's event that something came to this browser. */
export const ARRIVED = "fanlight-arrived";

export function register(): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/home/worker.js", { scope: "/home" }).catch(() => undefined);
  navigator.serviceWorker.addEventListener("message", ({ data }: MessageEvent<{ type?: string; place?: string } | null>) => {
    if (data?.type === "fanlight-open" && typeof data.place === "string") route.go(data.place);
    if (data?.type === ARRIVED) dispatchEvent(new Event(ARRIVED));
  });
}
