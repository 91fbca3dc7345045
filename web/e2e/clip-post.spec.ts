// A clip of the home's own goes with a post, from a phone: chosen, cut, made anew with faces blurred, looked at, sent. R09 R13.
// Its town has cameras and a place of pictures; that others see it once it is out is photo.spec.ts's.
import { expect, test } from "@playwright/test";
import { be, choose, expectAccessible } from "./people.ts";

const BOX = (bytes: Buffer): string => bytes.subarray(4, 8).toString("latin1");

test("R09 R13 a post with a clip is written on a phone, and nothing but its pictures leaves", async ({ context, baseURL }) => {
  const home = await be(context, baseURL ?? "", "resident");
  await home.addInitScript(() => {
    // What leaves the browser, noted beside it.
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body?: Parameters<typeof send>[0]): void {
      if (body instanceof Blob) void body.arrayBuffer().then((bytes) => Object.assign(globalThis, { walkSent: [...new Uint8Array(bytes)] }));
      send.call(this, body);
    };
  });
  await home.reload();
  await expect(home.getByRole("link", { name: /A person came by/ }).first()).toBeVisible({ timeout: 150_000 });
  await home.goto("/home#/neighbours/new");
  await choose(home, "Parcel");
  await home.getByLabel("What was done").fill("Somebody took the parcel from my step and walked off with it.");
  await home.getByRole("button", { name: "Add a clip of your cameras" }).click();
  await home.getByRole("list", { name: "Your latest clips" }).getByRole("button", { name: /A person came by/ }).first().click();
  const end = home.getByRole("slider", { name: "End of the copy" });
  await expect(end).toBeVisible({ timeout: 60_000 });
  await end.press("Home");
  await expectAccessible(home);
  await home.getByRole("button", { name: "Make the clip" }).click();
  await expect(home.getByRole("region", { name: "Your clip, as it would be sent" })).toBeVisible({ timeout: 120_000 });
  await home.getByRole("button", { name: "Check and preview" }).click();
  await expect(home.getByRole("heading", { name: "This is your post" })).toBeVisible();
  await expect(home.getByRole("region", { name: "Your clip, as it would be sent" })).toBeVisible();
  await expectAccessible(home);
  await home.getByRole("button", { name: /^(Post|Send to a moderator)$/ }).click();
  await expect(home.getByRole("heading", { name: "Your post is on its way" })).toBeVisible({ timeout: 60_000 });

  const sent = Buffer.from(await home.evaluate(() => (globalThis as { walkSent?: number[] }).walkSent ?? []));
  expect(BOX(sent)).toBe("ftyp");
  const text = sent.toString("latin1");
  for (const told of ["Front door", "Porch", "udta", "meta", "soun"]) expect(text.includes(told), told).toBe(false);
});
