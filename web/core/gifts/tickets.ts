/** Tickets of a raffle and the codes on their paper, made on this device. Twin of fanlight.proof.raffle. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { utf8 } from "../bytes.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** What stands on a ticket's paper: 80 random bits, in four groups of four. */
export function newCode(): string {
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => LETTERS[byte % 32]).join("");
  return (letters.match(/.{4}/g) ?? []).join("-");
}

/** The ticket of a code, or null where it is no code. Spaces, hyphens and capitals make no difference. */
export function ticketOf(raffle: string, code: string): string | null {
  const plain = code.replaceAll(/[\s-]/g, "").toLowerCase();
  return /^[a-z2-7]{16}$/.test(plain) ? bytesToHex(sha256(utf8(`fanlight/ticket/v1\0${raffle}\0${plain}`))).slice(0, 24) : null;
}

/** The tickets of a list, one a line: hashes, codes, or codes under a heading. Null if a line is neither. */
export function readTickets(raffle: string, text: string): string[] | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^"(.*)"$/, "$1")).filter((line) => line !== "" && line !== "code");
  const tickets = lines.map((line) => (/^[0-9a-f]{24}$/.test(line) ? line : ticketOf(raffle, line)));
  return tickets.every((one) => one !== null) && tickets.length > 0 ? tickets : null;
}
