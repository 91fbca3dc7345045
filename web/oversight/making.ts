/** Elements of the public pages' programs: made from words, never from markup. */

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, words = "", className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = words;
  if (className) made.className = className;
  return made;
}

/** An element with others in it. */
export function holding<K extends keyof HTMLElementTagNameMap>(tag: K, className: string, ...parts: (Node | string)[]): HTMLElementTagNameMap[K] {
  const made = element(tag, "", className);
  made.append(...parts);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawn part with attributes, and what is in it. */
export function drawn(tag: string, attributes: Readonly<Record<string, string>>, ...parts: Node[]): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...parts);
  return made;
}

/** A button that says what it does. */
export function button(words: string, className: string, press: () => void): HTMLButtonElement {
  const made = element("button", words, className);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

/** A table's heading row. */
export function heading(...words: string[]): HTMLTableSectionElement {
  const cells = words.map((one) => {
    const cell = element("th", one);
    cell.scope = "col";
    return cell;
  });
  return holding("thead", "", holding("tr", "", ...cells));
}

/** A cell that a phone shows behind its column's name. */
export function cell(label: string, className: string, ...parts: (Node | string)[]): HTMLTableCellElement {
  const made = holding("td", className, ...parts);
  made.dataset["l"] = label;
  return made;
}
