// R35: an amount that is typed is the amount that is entered.
import fc from "fast-check";
import { expect, test } from "vitest";
import { moneyText, plainMoney, readMoney } from "./money.ts";

test("R35 an amount is read as it is written, or not at all", () => {
  expect(readMoney("297", "USD")).toBe(29_700);
  expect(readMoney(" 1,297.5 ", "USD")).toBe(129_750);
  expect(readMoney("0", "USD")).toBe(0);
  expect(readMoney("9000", "JPY")).toBe(9_000);
  for (const bad of ["", "-1", "1.234", "1,2", "1e3", "½", "12 34", "99999999999999", "1.2.3"]) expect(readMoney(bad, "USD"), bad).toBeNull();
  expect(readMoney("1.5", "JPY")).toBeNull();
});

test("R35 what is shown is what was entered", () => {
  expect(moneyText(39_000, "USD")).toBe("USD 390.00");
  expect(moneyText(9_000, "JPY")).toBe("JPY 9,000");
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e12 }), fc.constantFrom("USD", "JPY"), (minor, currency) => {
    expect(readMoney(plainMoney(minor, currency), currency)).toBe(minor);
    expect(readMoney(moneyText(minor, currency).slice(4), currency)).toBe(minor);
  }));
});
