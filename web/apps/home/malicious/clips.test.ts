// A server that lies about clips, before the code with which the home app lists, opens and plays them.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { jcs } from "../../../core/jcs.ts";
import { sealAge } from "../../../core/seal/age.ts";
import { b64, type Bytes, concat, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { type Household as Home, Order, type Pane, whyClosed } from "../../../core/seal/clip.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import type { SealError } from "../../../core/seal/errors.ts";
import { sign } from "../../../core/seal/keys.ts";
import { loadHouse, speakingHubs } from "../household/house.ts";
import { Pins } from "../household/pins.ts";
import { openStatus } from "../household/status.ts";
import { lackingOn } from "../timeline/lacking.ts";
import { brokenText, openClip } from "../timeline/opening.ts";
import { Timeline } from "../timeline/timeline.svelte.ts";
import { words } from "../words.ts";
import { answer, CAMERA, DAY, halvesOf, HOUSEHOLD, id, invent, look, type Made, makeClip, member, memory, page, type People, Server, type Shown, toldTo } from "./lying.ts";

const CHUNK = 65_552;
let people: People, home: Home, epoch: Epoch, clips: Made[], server: Server, order: Order;

beforeAll(async () => {
  people = await invent();
  const made = await page(people, undefined, people.alice, [member(people.alice, "b", "owner")]);
  epoch = made.epoch;
  home = { household: HOUSEHOLD, hubKeys: new Map([[0, [people.hub.signing.public]]]), identities: new Map([[0, made.identity.secret]]) };
  clips = [];
  for (const letter of ["d", "e", "f"]) clips.push(await makeClip(people, epoch, id(letter), clips.length, clips.at(-1)?.chainHash ?? null));
});

/** The honest server first: every clip opens to its last byte, on the device that is lied to afterwards. */
beforeEach(async () => {
  server = new Server(clips);
  order = new Order();
  const shown = await look(server, home, order);
  expect(shown.map((one) => ("bytes" in one ? one.bytes > 70_000 : one.refused))).toEqual([true, true, true]);
});

/** What the clip's page says of a refusal. */
function said(shown: Shown | undefined): string {
  if (!shown || !("refused" in shown)) throw new Error("it was shown");
  const error = shown.refused as SealError & { pane?: Pane };
  return brokenText(error.pane ?? (error.code === "replayed_manifest" ? "order" : error.code === "payload_altered" ? "pieces" : "signature"), error, 5);
}
const shownOf = async (letter: string): Promise<Shown | undefined> => (await look(server, home, order)).find(({ clip }) => clip === id(letter));

describe("R03 R05 clips, headers and descriptions", () => {
  test("R03 R05 another clip's description in a clip's place is refused, and the page says which", async () => {
    server.clip(id("d")).manifest = server.clip(id("e")).manifest;
    expect(said(await shownOf("d"))).toBe(words.clip.broken.order);
    expect(await shownOf("e")).toHaveProperty("bytes");
  });

  test("R03 R05 another clip's header in a clip's place is refused, and the page says so", async () => {
    server.clip(id("d")).hdr = server.clip(id("e")).hdr;
    expect(said(await shownOf("d"))).toBe(words.clip.broken.key);
  });

  test("R03 R05 another clip's payload in a clip's place is refused, and the page says which piece", async () => {
    server.clip(id("d")).pay = server.clip(id("e")).pay;
    expect(said(await shownOf("d"))).toBe(words.clip.broken.piece(1, 5));
  });

  test("R03 R05 a whole older clip replayed under a newer one's id is refused", async () => {
    Object.assign(server.clip(id("f")), { ...clips[0], clip: id("f") });
    expect(said(await shownOf("f"))).toBe(words.clip.broken.order);
  });

  test("R03 R05 a description that no hub of the household signed is refused, and the page says so", async () => {
    const forged = await makeClip(people, epoch, id("d"), 0, null, people.thief);
    Object.assign(server.clip(id("d")), forged);
    expect(said(await shownOf("d"))).toBe(words.clip.broken.signature);
  });

  test("R05 a removed hub's clips of a later key are refused, and it tells no more how things are", async () => {
    const other = { ...people, hub: people.bob };
    const next = await page(other, epoch, people.alice, [member(people.alice, "b", "owner")], { hubs: [{ hub: id("i"), ...halvesOf(people.bob) }] });
    const later = await page(other, next.epoch, people.alice, [member(people.alice, "b", "owner")], { hubs: [{ hub: id("i"), ...halvesOf(people.bob) }] });
    const house = await loadHouse(toldTo(people.alice, answer([epoch, next.epoch, later.epoch])), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
    const before = "0".repeat(64);
    const made = [clips[0], await makeClip(people, next.epoch, id("e"), 1, before), await makeClip(other, next.epoch, id("f"), 3, before), await makeClip(other, epoch, id("g"), 5, before)] as Made[];
    expect((await look(new Server(made), house.home)).map((one) => "bytes" in one)).toEqual([true, false, true, true]);
    const box = async (by: People, of: Epoch): Promise<Bytes> => {
      const fields = { v: 1, type: "hub-status", household: HOUSEHOLD, at: "2026-11-22T10:00:00.000Z", place: [0, 0], cameras: [], matches: [], held: { clips_waiting: 0 }, alerts: null, head: null };
      const manifest = text(jcs(fields));
      return sealAge(jcs({ manifest, sig: b64(sign(by.hub.signing, "hub-status", utf8(manifest))), pad: "" }), [of.recipient]);
    };
    const { identities } = house.home;
    await expect(openStatus(await box(other, later.epoch), identities, speakingHubs(house), HOUSEHOLD)).resolves.toMatchObject({ epoch: 2 });
    for (const of of [epoch, later.epoch]) {
      await expect(openStatus(await box(people, of), identities, speakingHubs(house), HOUSEHOLD)).rejects.toMatchObject({ code: "bad_signature" });
    }
  });

  test("R03 R05 a second clip at a place that is taken is refused, whatever signs it", async () => {
    const twin = await makeClip(people, epoch, id("g"), 1, clips[0]?.chainHash ?? null);
    server.clips.push(twin);
    expect(said(await shownOf("g"))).toBe(words.clip.broken.order);
  });

  test("R03 R05 a clip that does not follow the one before it is refused", async () => {
    const other = await makeClip(people, epoch, id("g"), 3, "0".repeat(64));
    server.clips.push(other);
    expect(said(await shownOf("g"))).toBe(words.clip.broken.order);
  });

  test("R05 a clip that is listed under another key's number is shown as broken, and not passed over as somebody else's", () => {
    const clip = clips[0] as Made;
    const why = (card: string, of: Home = home) => whyClosed({ clip: clip.clip, card, sig: unb64(clip.sig) }, of)?.code ?? null;
    const newcomer = { ...home, identities: new Map([[4, "of later"]]) };
    expect(why(clip.card, newcomer)).toBeNull(); // rightly: it is from before they came
    const forged = clip.card.replace('"epoch":0', '"epoch":3');
    expect(forged).not.toBe(clip.card);
    expect([why(forged), why(forged, newcomer), why("{}", newcomer)]).toEqual(["bad_signature", "bad_signature", "bad_signature"]);
    expect(why(clip.card)).toBe("not_for_us"); // its hub locked it to a key that is here
    expect(whyClosed({ ...(clips[1] as Made), clip: clip.clip, sig: unb64((clips[1] as Made).sig) }, newcomer)?.code).toBe("altered");
  });

  test("R03 R05 a list that says otherwise than the hub signed is refused, and the page says so", async () => {
    const stored = server.clip(id("d"));
    stored.card = stored.card.replace(`"length":${stored.pay.length}`, `"length":${stored.pay.length + 1}`);
    expect(said(await shownOf("d"))).toBe(words.clip.broken.record);
  });
});

describe("R03 R05 pieces", () => {
  const cuts: [string, (pay: Bytes) => Uint8Array][] = [
    ["cut by a byte", (pay) => pay.subarray(0, -1)],
    ["cut to its first piece", (pay) => pay.subarray(0, 16 + CHUNK)],
    ["empty", () => new Uint8Array(0)],
  ];
  test.each(cuts)("R03 R05 a payload that is %s is refused, and the page says that its end is missing", async (_, cut) => {
    const stored = server.clip(id("d"));
    stored.pay = cut(stored.pay) as Bytes;
    expect(said(await shownOf("d"))).toBe(words.clip.broken.cut);
  });

  test("R03 R05 pieces in another order are refused", async () => {
    const stored = server.clip(id("d"));
    const { pay } = stored;
    stored.pay = concat([pay.subarray(0, 16), pay.subarray(16 + CHUNK, 16 + 2 * CHUNK), pay.subarray(16, 16 + CHUNK), pay.subarray(16 + 2 * CHUNK)]);
    expect(said(await shownOf("d"))).toBe(words.clip.broken.piece(1, 5));
  });

  test("R03 R05 one bit that was turned is refused, and no byte of its piece is shown", async () => {
    const stored = server.clip(id("d"));
    stored.pay = stored.pay.slice() as Bytes;
    stored.pay[100_000]! ^= 1;
    expect(said(await shownOf("d"))).toBe(words.clip.broken.piece(2, 5));
  });
});

describe("R03 R05 a day's list", () => {
  const here = (shown: readonly Shown[]) => shown.filter((one) => "bytes" in one).map(() => ({ cameraId: CAMERA, day: DAY }));
  const broken = (shown: readonly Shown[]): number => shown.filter((one) => "refused" in one).length;
  const sent = { [CAMERA]: { [DAY]: 3 } };

  test("R03 R05 clips that are left out are fewer than the hub counted, and the day's page says how many", async () => {
    expect(lackingOn(DAY, sent, here(await look(server, home)), 0)).toBe(0);
    server.clips.splice(0, 2);
    const shown = await look(server, home);
    expect(lackingOn(DAY, sent, here(shown), broken(shown))).toBe(2);
    expect(words.today.lacking(2)).toContain("2 clips of this day that the server does not show");
    expect(words.today.lacking(1)).toContain("1 clip of this day");
  });

  test("R03 R05 clips of another day stand for none that is hidden, whether they open or not, and are shown as broken", async () => {
    const next = "2026-11-22";
    const newcomer = { ...home, identities: new Map<number, string>() };
    for (const [of, closed] of [[home, 0], [newcomer, 3]] as const) {
      const timeline = new Timeline(server.api, of);
      await timeline.refresh([DAY]); // its own day: honest
      expect([timeline.events.size, timeline.closedOn(DAY), timeline.broken.size]).toEqual([3 - closed, closed, 0]);
      timeline.close();
      const lied = new Timeline(server.api, of);
      await lied.refresh([next]);
      expect([lied.events.size, lied.closedOn(next), lied.broken.size]).toEqual([0, 0, 3]);
      const row = lied.broken.get(id("d"))?.row;
      if (!row) throw new Error("not listed");
      expect((await openClip(server.api, row, of, lied)).kind).toBe("refused");
      if (of === home) expect(await openClip(server.api, row, of, lied)).toMatchObject({ failed: "record" });
      lied.close();
    }
  });

  test("R03 R05 a clip in another one's stead is refused, and does not make up for it", async () => {
    Object.assign(server.clip(id("f")), { ...clips[0], clip: id("f") });
    const shown = await look(server, home);
    expect([here(shown).length, broken(shown)]).toEqual([2, 1]);
    expect(lackingOn(DAY, sent, here(shown), broken(shown))).toBe(0); // it is shown as one that does not hold
  });

  test("R03 R05 a list in another order shows the same day, and a clip that stands in it twice is one clip", async () => {
    server.clips.reverse();
    server.clips.push({ ...(server.clips[0] as Made) });
    const shown = await look(server, home, order);
    expect(new Set(shown.map(({ clip }) => clip)).size).toBe(3);
    expect(broken(shown)).toBe(0);
  });

  test("R03 R05 what this device erased does not count as missing, and a day before the household's days neither", () => {
    const all = [{ cameraId: CAMERA, day: DAY }, { cameraId: CAMERA, day: DAY }, { cameraId: CAMERA, day: "2026-11-20" }];
    expect(lackingOn(DAY, sent, all, 0)).toBe(1);
    expect(lackingOn("2026-11-20", sent, all, 0)).toBe(0);
    expect(lackingOn(DAY, {}, [], 0)).toBe(0);
  });
});
