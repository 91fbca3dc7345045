/** Finds words that a Svelte file shows and that stand in no catalogue. For a test; no app loads it. */
import { parse } from "svelte/compiler";

/** Attributes and properties that people read or hear. */
const SHOWN = new Set([
  "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "aria-placeholder", "alt", "title", "placeholder",
  "label", "caption", "said", "sentence", "sub", "hint", "text", "yes", "no", "busy", "summary",
]);
const WORD = /\p{L}{2,}/u;
const ADDRESS = /^[/#]\S*$/; // part of one, the same in every language

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";
const nodes = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []);

/** The literal words that `source`, a Svelte file, shows. */
export function literalWords(source: string): string[] {
  const found: string[] = [];
  visit(parse(source, { modern: true }).fragment as unknown as Node, found);
  return found;
}

function visit(node: Node, found: string[]): void {
  if (node.type.endsWith("Directive")) return; // of style, class or acts
  switch (node.type) {
    case "Text":
      keep(node["data"], found);
      return;
    case "ExpressionTag":
      for (const part of nodes(node["expression"])) visitValue(part, found);
      return;
    case "Attribute":
      if (SHOWN.has(String(node["name"]))) for (const part of nodes(node["value"])) visit(part, found);
      return;
    case "StyleSheet":
    case "Script":
      return;
  }
  for (const value of Object.values(node)) for (const child of nodes(value)) visit(child, found);
}

/** Literals that an expression can come to; not those that it only compares with or looks up by. */
function visitValue(node: Node, found: string[]): void {
  switch (node.type) {
    case "Literal":
      keep(node["value"], found);
      return;
    case "TemplateLiteral":
      for (const part of nodes(node["quasis"])) keep((part["value"] as { cooked?: unknown }).cooked, found);
      for (const part of nodes(node["expressions"])) visitValue(part, found);
      return;
    case "ConditionalExpression":
      for (const side of ["consequent", "alternate"]) for (const part of nodes(node[side])) visitValue(part, found);
      return;
    case "LogicalExpression":
      for (const side of ["left", "right"]) for (const part of nodes(node[side])) visitValue(part, found);
      return;
    case "BinaryExpression":
      if (node["operator"] === "+") for (const side of ["left", "right"]) for (const part of nodes(node[side])) visitValue(part, found);
  }
}

function keep(value: unknown, found: string[]): void {
  if (typeof value === "string" && WORD.test(value) && !ADDRESS.test(value)) found.push(value.trim());
}
