import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN } from "../../../core/push/behest.ts";
import { note } from "./arrived.ts";
import { canHave, type Signs, withCamera } from "./device.ts";
import { kindOf, laterIn, namedIn } from "./shell.ts";
import { firstNear, homePart, placesWith, samePart, withClass, withNear } from "./near.ts";
import { readPush, shownOf } from "./telling.ts";
import { flowOf, UNDER_WAY_MS } from "./word.ts";

const ID = "a".repeat(26);
const clock = (): string => "14:03";
const push = (more: object): unknown => ({ v: 1, id: ID, n: 1, at: "2026-11-22T22:03:00.000Z", ...more });

describe("R01 what an alert says", () => {
  it("names what happened, where and when, and leads to its clip", () => {
    const shown = shownOf(readPush(push({ kind: "doorbell", camera: "Front door", clip: ID, picture: "UklGRg==" })), clock);
    expect(shown).toMatchObject({ title: "Somebody rang", body: "Front door · 14:03", silent: false, tag: ID });
    expect(shown.place).toBe(`alert/${ID}?d=2026-11-22`);
    expect(shown.image).toBe("data:image/webp;base64,UklGRg==");
  });
  it.each([
    [{ kind: "package", change: "left" }, "A parcel was left"],
    [{ kind: "package", change: "taken" }, "A parcel was taken"],
    [{ kind: "package" }, "A parcel"],
    [{ kind: "trouble", camera: "Garden", state: "away" }, "Garden does not answer"],
    [{ kind: "trouble", state: "storage" }, "Your hub cannot record"],
    [{ kind: "near", what: "Gas leak" }, "Gas leak near you"],
    [{ kind: "near", what: "Gas leak", state: "over" }, "Over: Gas leak near you"],
    [{ kind: "near", counts: { near: 5 } }, "5 reports near you"],
    [{ kind: "test" }, "A test: alerts reach you here"],
    [{ kind: "later kinds" }, "Something at home"],
  ])("%o is %s", (said, title) => expect(shownOf(readPush(push(said)), clock).title).toBe(title));
  it("counts in the alert of the day, and says when there was nothing", () => {
    expect(shownOf(readPush(push({ kind: "day", counts: { person: 2, doorbell: 1, other: 3 } })), clock).body).toBe("2 people, 1 ring");
    expect(shownOf(readPush(push({ kind: "day" })), clock).body).toBe("Nothing that you asked for.");
  });
  it("of dispatch leads to the list, and that it is over takes its place in silence", () => {
    const incident = "0f".repeat(16);
    const [began, over] = ["", "over"].map((state) => shownOf(readPush(push({ kind: "near", what: "Fire", incident, state })), clock));
    expect(began).toMatchObject({ tag: incident, silent: false, place: "neighbours", body: "Reported around 14:03. Nobody has confirmed it." });
    expect(over).toMatchObject({ tag: incident, silent: true });
  });
  it("is silent for a check, and one check takes the place of another", () => {
    expect(shownOf(readPush(push({ kind: "check" })), clock)).toMatchObject({ silent: true, tag: "check" });
  });
  it("shows something for whatever came, and never more than text, a picture of ours and a place of ours", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ v: fc.constant(1), id: fc.constant(ID), n: fc.nat(), at: fc.constant("2026-11-22T22:03:00.000Z"), kind: fc.string(), clip: fc.string(), picture: fc.string(), counts: fc.anything() })), (said) => {
        const shown = shownOf(readPush(said), clock);
        expect(shown.title).not.toBe("");
        expect(shown.place).toMatch(/^(?:|alert\/[a-z2-7]{26}\?d=\d{4}-\d\d-\d\d|house|alerts|neighbours)$/);
        expect(shown.image ?? "data:image/webp;base64,").toMatch(/^data:image\/webp;base64,[A-Za-z0-9+/=]*$/);
      }),
    );
  });
});

describe("R05 whether alerts still arrive", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const word = (state: string, n: number, agoMs: number) => ({ mode: "home" as const, turns: [], devices: [{ device: ID, n, sent: new Date(now - agoMs).toISOString(), state }] });
  it("a push that came twice is noted once, and the highest number stays", () => {
    const first = note(undefined, { id: "one", n: 5 }, 1);
    expect(first).toMatchObject({ n: 5, count: 1 });
    expect(note(first ?? undefined, { id: "one", n: 5 }, 2)).toBeNull();
    expect(note(first ?? undefined, { id: "two", n: 4 }, 3)).toMatchObject({ n: 5, count: 2, at: 3 });
  });
  it.each([
    ["nothing known of it", null, null, "unknown"],
    ["nothing sent yet", word("ok", 0, 0), null, "fine"],
    ["all came", word("ok", 3, UNDER_WAY_MS * 2), { n: 3 }, "fine"],
    ["one is under way", word("ok", 3, UNDER_WAY_MS - 1), { n: 2 }, "fine"],
    ["one is lost", word("ok", 3, UNDER_WAY_MS + 1), { n: 2 }, "stopped"],
    ["none ever came", word("ok", 1, UNDER_WAY_MS + 1), null, "stopped"],
    ["the browser's maker ended it", word("gone", 3, 0), { n: 3 }, "gone"],
    ["it does not get through", word("away", 3, 0), { n: 2 }, "away"],
    ["it is refused", word("refused", 3, 0), { n: 2 }, "refused"],
  ])("%s", (_, said, arrived, kind) => expect(flowOf(said, ID, arrived, now).kind).toBe(kind));
});

describe("whether this browser can have alerts", () => {
  const good: Signs = { secure: true, worker: true, push: true, permission: "default", agent: "Chrome", touchMac: false, standalone: false };
  it.each([
    [{}, "yes"],
    [{ permission: "denied" }, "denied"],
    [{ secure: false }, "insecure"],
    [{ push: false }, "cannot"],
    [{ permission: null }, "cannot"],
    [{ agent: "iPhone", push: false }, "iphone"],
    [{ touchMac: true, push: false, permission: null }, "iphone"],
    [{ agent: "iPhone", standalone: true }, "yes"],
    [{ agent: "iPhone", push: false, standalone: true }, "cannot"],
  ] as const)("%o: %s", (change, can) => expect(canHave({ ...good, ...change })).toBe(can));
  it("a camera's own choice is set and taken back", () => {
    const own = withCamera(PLAIN, ID, "person", "never");
    expect(own.cameras).toEqual({ [ID]: { person: "never" } });
    expect(withCamera(withCamera(own, ID, "animal", "always"), ID, "person", null).cameras).toEqual({ [ID]: { animal: "always" } });
    expect(withCamera(own, ID, "person", null).cameras).toEqual({});
  });
});

describe("the frame that is kept for when there is no network", () => {
  const origin = "https://town.example";
  it.each([
    ["/home/", "navigate", "page"],
    ["/home", "navigate", "page"],
    ["/home/?x=1", "navigate", "page"],
    ["/homestead", "navigate", null],
    ["/agency/", "navigate", null],
    ["/assets/a.js", "cors", "file"],
    ["/home/icons/192.png", "no-cors", "file"],
    ["/v1/clips", "cors", null],
    ["/v1/hub/status", "cors", null],
    ["/record", "navigate", null],
  ])("%s, %s: %s", (path, mode, kind) => expect(kindOf(new URL(path, origin), origin, mode, "GET")).toBe(kind));
  it("nothing of another origin and nothing that is not asked by GET", () => {
    expect(kindOf(new URL("https://other.example/assets/a.js"), origin, "cors", "GET")).toBeNull();
    expect(kindOf(new URL("/assets/a.js", origin), origin, "cors", "POST")).toBeNull();
  });
  it("finds what a page and a style sheet name", () => {
    expect(namedIn('<link href="/assets/a.css"><script src="/assets/b.js"></script><a href="/v1/x">', "page")).toEqual(["/assets/a.css", "/assets/b.js"]);
    expect(laterIn('<meta name="fanlight-later" content="/assets/c.js /assets/d.css https://elsewhere/e.js">')).toEqual(["/assets/c.js", "/assets/d.css"]);
    expect(laterIn("<html></html>")).toEqual([]);
    expect(namedIn('@font-face{src:url(/assets/f.woff2)}a{b:url("/assets/g.woff2")}', "style")).toEqual(["/assets/f.woff2", "/assets/g.woff2"]);
  });
});

describe("R13 R14 what dispatch reports near", () => {
  const classes = [
    { class: "fire", words: "Fire", act: true },
    { class: "burglary", words: "Burglary", act: false },
    { class: "gas", words: "Gas leak", act: true },
  ];
  const home = { key: "home", label: "Home", cells: homePart("8828308281fffff") } as const;
  it("begins with all kinds that ask for an act, around the home", () => {
    expect(home.cells).toHaveLength(7);
    expect(firstNear(classes, home.cells)).toEqual({ classes: ["fire", "gas"], cells: home.cells, through: true });
  });
  it("a kind is put in and taken out, and all of it taken back", () => {
    const near = withClass(firstNear(classes, []), classes, "fire", false);
    expect(near.classes).toEqual(["gas"]);
    expect(withClass(near, classes, "fire", true).classes).toEqual(["fire", "gas"]);
    expect(withNear(withNear(PLAIN, near), null)).toEqual(PLAIN);
  });
  it("a part that is none of those offered stays to be seen", () => {
    expect(placesWith([home], { ...firstNear(classes, [...home.cells].reverse()) }, "Before")).toHaveLength(1);
    expect(placesWith([home], firstNear(classes, ["8728308280fffff"]), "Before").map(({ key }) => key)).toEqual(["home", "before"]);
    expect(samePart([], home.cells)).toBe(false);
  });
});
