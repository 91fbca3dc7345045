/** Where in an app we are. The place stands after `#/` in the address, so browsers never send it to the server:
 *  which clip or request somebody looks at is told to nobody. `#/clip/abc?t=3` is name "clip", parts ["abc"]. */
export type Place = { name: string; parts: string[]; query: URLSearchParams };

/** Reads the fragment of an address; anything that is no place is the first page. */
export function parsePlace(hash: string): Place {
  const text = hash.startsWith("#/") ? hash.slice(2) : "";
  const cut = text.indexOf("?");
  const path = cut < 0 ? text : text.slice(0, cut);
  const [name = "", ...parts] = path.split("/").map(decodeSafely);
  return { name, parts, query: new URLSearchParams(cut < 0 ? "" : text.slice(cut + 1)) };
}

function decodeSafely(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray % in a typed address is not worth a broken page
  }
}

class Route {
  #place = $state.raw<Place>(parsePlace(typeof location === "undefined" ? "" : location.hash));
  #mayMove: () => boolean = () => true;

  constructor() {
    if (typeof window === "undefined") return;
    window.addEventListener("hashchange", () => {
      // `#main` of the skip link, and other anchors within a page, are no change of place.
      if (!location.hash.startsWith("#/") && location.hash !== "") return;
      if (!this.#mayMove()) return;
      this.#place = parsePlace(location.hash);
      window.scrollTo(0, 0);
      document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true });
    });
  }

  get name(): string {
    return this.#place.name;
  }
  get parts(): string[] {
    return this.#place.parts;
  }
  get query(): URLSearchParams {
    return this.#place.query;
  }
  /** Asks `mayMove` before a new address is followed; who says no puts the address back. */
  guard(mayMove: () => boolean): void {
    this.#mayMove = mayMove;
  }
  go(to: string): void {
    location.hash = `/${to}`;
  }
}

export const route = new Route();

/** Address of a page of this app. */
export const at = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;
