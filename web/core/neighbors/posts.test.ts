import { expect, test } from "vitest";
import made from "../../../vectors/posts/made.json";
import told from "../../../vectors/posts/told.json";
import { readPost } from "./posts";

test.each(told)("R15: a post is asked for what the vector says: $text", ({ text, ...reading }) => {
  expect(readPost(text)).toEqual(reading);
});

test("R15: five hundred made and disguised posts are read as the server reads them", () => {
  expect(made.length).toBe(500);
  for (const { text, ...reading } of made) expect(readPost(text), text).toEqual(reading);
});
