/** Keys that act on a page: not while somebody writes, and not with a key held beside them. */
export const typing = (event: KeyboardEvent): boolean =>
  (event.target instanceof HTMLElement && event.target.matches("input:not([type=radio]), textarea, select, [contenteditable]")) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") !== null;

/** The link to step to from the one that has the focus; the first where none has. */
export function stepFrom(links: readonly HTMLElement[], active: Element | null, by: 1 | -1): HTMLElement | undefined {
  const now = links.findIndex((link) => link === active);
  return now < 0 ? links[0] : links[Math.min(links.length - 1, Math.max(0, now + by))];
}
