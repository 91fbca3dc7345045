import { expect, test } from "vitest";

import vectors from "../../vectors/oversight/words.json" with { type: "json" };
import { factsOfRequest } from "./words.ts";

test.each(vectors)("the facts of a request are worded as the vectors say: $why", ({ pub, words }) => {
  expect(factsOfRequest(pub)).toEqual(words);
});

const other: readonly Parameters<typeof factsOfRequest>[0][] = [
  {},
  { window: null },
  { ...vectors[0]!.pub, area_m2: "1" },
  { ...vectors[0]!.pub, emergency: 1 },
];
test.each(other)("fields of another form are not worded", (pub) => expect(factsOfRequest(pub)).toBeNull());
