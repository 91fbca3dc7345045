/** The drawings of `icons/`, by name. Inlined: no request tells which page is open. */
const files = import.meta.glob<string>("./icons/*.svg", { query: "?raw", import: "default", eager: true });

const PATHS = new Map(
  Object.entries(files).map(([path, svg]) => [path.slice("./icons/".length, -".svg".length), svg.replace(/^[^>]*>|<\/svg>\s*$/g, "")]),
);

/** The inside of an icon's `<svg viewBox="0 0 256 256">`. Throws for a name without a file: a missing picture is a bug. */
export function iconPath(name: string): string {
  const path = PATHS.get(name);
  if (path === undefined) throw new Error(`There is no icon "${name}" in web/ui/icons.`);
  return path;
}
