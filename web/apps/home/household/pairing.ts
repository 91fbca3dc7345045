/** The two codes that pair a hub: the house's goes to the hub, the hub's comes back. Neither holds a secret. Twin of fanlight.cli.hub. */
import { obj, str } from "../../../core/api/shape.ts";
import { jcs, parseJcs } from "../../../core/jcs.ts";
import { b64, text, unb64 } from "../../../core/seal/bytes.ts";

export function houseCode(house: { server: string; household: string; owner: string; cell: string }): string {
  return `house-${b64(jcs(house)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The hub's public keys, or null if the code is none. Spaces and line breaks do not matter. */
export function readHubCode(code: string): { sign_pub: string; age_recipient: string } | null {
  const body = /^hub-([A-Za-z0-9_-]+)$/.exec(code.replace(/\s/g, ""))?.[1];
  if (!body) return null;
  try {
    const bytes = unb64(body.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (body.length % 4)) % 4));
    return obj({ sign_pub: str, age_recipient: str })(parseJcs(text(bytes)), "code");
  } catch {
    return null;
  }
}
