// R35: the same tickets as the server's own program makes.
import { expect, test } from "vitest";
import { newCode, readTickets, ticketOf } from "./tickets.ts";

const RAFFLE = "a".repeat(26);

test("R35 a code gives the ticket that the specification gives it", () => {
  const ticket = ticketOf(RAFFLE, "abcdefghijklmnop");
  expect(ticket).toBe("462a437ac521e11cfafce768");
  expect(ticketOf(RAFFLE, " ABCD-efgh ijkl-MNOP ")).toBe(ticket);
  expect(ticketOf("b".repeat(26), "abcdefghijklmnop")).not.toBe(ticket);
  for (const bad of ["", "abcdefghijklmno", "abcdefghijklmnop1", "abcdefghijklmno1"]) expect(ticketOf(RAFFLE, bad)).toBeNull();
});

test("R35 codes are all different and each gives a ticket", () => {
  const codes = Array.from({ length: 50 }, newCode);
  expect(new Set(codes).size).toBe(50);
  for (const code of codes) expect(ticketOf(RAFFLE, code)).toMatch(/^[0-9a-f]{24}$/);
});

test("R35 a list is of codes, of tickets, or of both, and a slip in it is seen", () => {
  const [one, two] = [newCode(), newCode()];
  const tickets = [ticketOf(RAFFLE, one), ticketOf(RAFFLE, two)];
  expect(readTickets(RAFFLE, `code\r\n${one}\r\n"${two}"\r\n\r\n`)).toEqual(tickets);
  expect(readTickets(RAFFLE, `${tickets[0]}\n${two}`)).toEqual(tickets);
  expect(readTickets(RAFFLE, `${one}\nnot a code`)).toBeNull();
  expect(readTickets(RAFFLE, "code\n")).toBeNull();
});
