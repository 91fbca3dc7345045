/** The drawings of `icons/`, by name. Inlined: no request tells which page is open. */
const files = import.meta.glob<string>("./icons/*.svg", { query: "?raw", import: "default", eager: true });

/** The inside of an icon's `<svg viewBox="0 0 256 256">`. */
export const PATHS: ReadonlyMap<string, string> = new Map(
  Object.entries(files).map(([path, svg]) => [path.slice("./icons/".length, -".svg".length), svg.replace(/^[^>]*>|<\/svg>\s*$/g, "")]),
);
