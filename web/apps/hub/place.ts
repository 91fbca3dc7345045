/** The place in an address, or null where it is none of this app's: `#main` is a way within the page. Pure. */
export function placeIn(url: string): string | null {
  const { hash } = new URL(url);
  return hash === "" || hash.startsWith("#/") ? hash : null;
}
