import { expect, test } from "vitest";
import { Client } from "../../core/api/client.ts";
import { earliest, newestOf, publish, type Text } from "./texts.ts";

const text = (version: number, effective: string, name: Text["name"] = "terms"): Text => ({ name, version, effective, body: `${version}\n` });

test("the newest version of each text is the one to change, whatever order they come in", () => {
  const found = newestOf([text(2, "2026-12-01"), text(1, "2026-11-01"), text(1, "2026-11-01", "privacy")]);
  expect([...found].map(([name, { version }]) => [name, version])).toEqual([["terms", 2], ["privacy", 1]]);
});

test("another version counts after a fortnight, and not before the one that it follows", () => {
  const now = new Date("2026-11-22T23:59:00Z");
  expect(earliest(undefined, now)).toBe("2026-11-22");
  expect(earliest(text(1, "2026-11-01"), now)).toBe("2026-12-06");
  expect(earliest(text(1, "2026-12-24"), now)).toBe("2026-12-24");
});

test("a version says which one it was written against", async () => {
  const sent: unknown[] = [];
  const api = new Client(async (_url, init) => {
    sent.push(JSON.parse(String(init?.body)));
    return Response.json(text(4, "2026-12-24"));
  });
  await publish(api, "terms", "Be kind.", "2026-12-24", 3);
  expect(sent).toEqual([{ name: "terms", body: "Be kind.", effective: "2026-12-24", after: 3 }]);
});
