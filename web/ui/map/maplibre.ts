/** MapLibre, loaded only by a page that shows a map. Vite has to be told where its worker lies. */
import "maplibre-gl/dist/maplibre-gl.css";
import * as maplibre from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

maplibre.setWorkerUrl(worker);

export { maplibre };
