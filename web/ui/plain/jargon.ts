/** Finds words of our trade in what residents read. For a test; no app loads it. */
import ts from "typescript";

/** What residents' pages never say, with what they say instead. */
export const JARGON: Readonly<Record<string, string>> = {
  "api": "", "backend": "server", "blob": "", "cach(e|ed|es|ing)": "kept on this device", "checkpoint": "record", "cipher\\w*": "locked clip",
  "cryptograph\\w*": "", "(de|en)crypt\\w*": "lock, open", "endpoint": "address", "epoch\\w*": "household’s key", "hash\\w*": "",
  "json": "", "leaf": "entry", "manifests?": "description", "merkle": "", "metadata": "", "nonces?": "", "nodes?": "", "payloads?": "",
  "plaintext": "", "relay\\w*": "server", "seal\\w*": "lock, locked", "stanzas?": "", "tokens?": "", "users?": "member", "vault": "",
  "websocket": "", "webauthn": "passkey", "suspicious": "", "suspects?": "", "intruders?": "", "threats?": "",
};
const FORBIDDEN = new RegExp(`(?<![\\p{L}\\w])(${Object.keys(JARGON).join("|")})(?![\\p{L}\\w])`, "giu");

/** The words of our trade in a file of words. Names in code and comments do not count: nobody is shown them. */
export function jargonIn(source: string): string[] {
  return shownTexts(source).flatMap((text) => [...text.matchAll(FORBIDDEN)].map((match) => `${match[0]}: ${text}`));
}

/** Every string of a TypeScript file that is a value, so neither an import, a type nor the name of a field. */
export function shownTexts(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isPropertyAssignment(node)) return visit(node.initializer);
    if (ts.isElementAccessExpression(node)) return visit(node.expression);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return visit(node.right.kind === ts.SyntaxKind.StringLiteral ? node.left : node.right);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("words.ts", source, ts.ScriptTarget.Latest));
  return texts;
}
