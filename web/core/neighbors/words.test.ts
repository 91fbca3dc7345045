import { expect, test } from "vitest";
import { readPost } from "./posts";
import { questions } from "./words";

test("R15: the form names the words it read and what counted, and accuses nobody", () => {
  const [deeds, looks] = questions(readPost("Black man in a hoodie walking around."));
  expect(deeds?.why).toBe("Your post tells how somebody looks (“black”, “man”, “hoodie”), and not yet what happened. It also says “walking”: many people do or seem so.");
  expect(looks?.why).toBe("Your post says “black”, and beside it “man”, “hoodie”. That fits many people, and most of them did nothing.");
  expect(JSON.stringify([deeds, looks])).not.toMatch(/racis|profil|must|forbid|not allowed/iu);
});

test("R15: where only an origin is told, it says so", () => {
  expect(questions(readPost("Mexicans stole our ladder."))).toMatchObject([{ ask: "What else would tell them apart?", why: expect.stringContaining("“mexicans”, and nothing beside it") as unknown }]);
});

test("R15, R19: a post that can go as it is is asked nothing", () => {
  expect(questions(readPost("End the surveillance of our streets. Council meets Monday."))).toEqual([]);
});
