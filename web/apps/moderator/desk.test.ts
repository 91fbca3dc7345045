// What the moderators' desk makes of what waits.
import { describe, expect, it } from "vitest";
import { Client } from "../../core/api/client.ts";
import { decided, type Item, queue, sealedAuthor } from "../../core/api/moderation.ts";
import type { Post } from "../../core/api/posts.ts";
import { b64, utf8 } from "../../core/bytes.ts";
import { sealAge } from "../../core/seal/age.ts";
import { newIdentity } from "../../core/seal/keys.ts";
import { stepFrom } from "./keys.ts";
import { actsFor, after, authorOf, doneCsv, dueAt, firstRule, found, joinable, marked, missing, ofKind, OtherAuthor, subject, waitsFor } from "./desk.ts";

const post: Post = {
  post: "p".repeat(26), category: "safety", title: "Somebody at the doors", done: "A man tried door handles.", looks: "", cell: "8928308280fffff", day: "2026-11-23", part: "night",
  published: null, state: "open", verified: false, correction: null, media: [], comments: 0, supplied: [], about: null, by: null,
};
const item: Item = { item: post.post, kind: "post", since: "2026-11-23T08:00:00Z", late: false, flags: [], reports: [], appeal: null, removed: null, post, comment: null, own: false };
const other = (id: string, change: Partial<Post> = {}): Post => ({ ...post, post: id.repeat(26), ...change });
const answering = (body: unknown): Client => new Client(() => Promise.resolve(new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } })));

describe("what waits", () => {
  it("R17 is due 24 hours after it came, and says for how long it waits", () => {
    expect(dueAt(item).toISOString()).toBe("2026-11-24T08:00:00.000Z");
    expect(waitsFor(item, Date.parse("2026-11-23T10:59:59Z"))).toBe(2);
    expect(waitsFor(item, Date.parse("2026-11-23T07:00:00Z"))).toBe(0);
  });
  it("R17 is found by kind and id, so that a report and an appeal of one post are two things", () => {
    const all: Item[] = [item, { ...item, kind: "report" }, { ...item, kind: "appeal", item: "q" }];
    expect(found(all, "report", post.post)?.kind).toBe("report");
    expect(found(all, "appeal", post.post)).toBeUndefined();
    expect(ofKind(all, "appeal").length).toBe(1);
    expect(ofKind(all, "").length).toBe(3);
    expect(after(all, item)?.item).toBe("q");
    expect(after(all, all[2] as Item)?.kind).toBe("post");
    expect(after([item], item)).toBeUndefined();
  });
  it("R17 can be confirmed or joined only as a post that is out; a comment is shown or removed", () => {
    expect(actsFor(item)).toEqual(["show", "remove"]);
    expect(actsFor({ ...item, kind: "report" })).toEqual(["show", "remove", "confirm", "join"]);
    const comment = { ...item, kind: "report" as const, item: "c", comment: { comment: "c", text: "?" } };
    expect(actsFor(comment)).toEqual(["show", "remove"]);
    expect(subject(comment)).toEqual({ kind: "comment", id: "c" });
    expect(subject(item)).toEqual({ kind: "post", id: post.post });
  });
  it("R17 is refused at the border in any other form", async () => {
    expect(await queue(answering({ items: [{ ...item, added: 1 }] }))).toEqual([item]);
    for (const wrong of [{ ...item, kind: "rumour" }, { ...item, late: "yes" }, { ...item, post: { ...post, media: [{ media: "m" }] } }]) {
      await expect(queue(answering({ items: [wrong] }))).rejects.toThrow();
    }
  });
});

describe("a decision", () => {
  it("R17 removes nothing without a rule and a reason of ten characters", () => {
    expect(missing("remove", { rule: "", reason: "long enough a reason" })).toBe("rule");
    expect(missing("remove", { rule: "N-1", reason: "  too short " })).toBe("reason");
    expect(missing("remove", { rule: "N-1", reason: "It tells no deed." })).toBe("");
    for (const act of ["uphold", "overturn", "author", "bar"] as const) expect(missing(act, { rule: "", reason: "long enough a reason" })).toBe("rule");
    expect(missing("show", { rule: "", reason: "" })).toBe("");
    expect(missing("confirm", { rule: "", reason: "" })).toBe("reason");
    expect(missing("join", { rule: "", reason: "" })).toBe("into");
    expect(missing("join", { rule: "", reason: "" }, "x")).toBe("");
  });
  it("R17 begins with the rule that reports or checks named", () => {
    const flags = [{ rule: "N-1", words: [], what: "" }];
    const reports = [{ rule: "N-6", text: "", outside: true }];
    expect(firstRule({ ...item, flags })).toBe("N-1");
    expect(firstRule({ ...item, flags, reports })).toBe("N-6");
    expect(firstRule({ ...item, flags, reports, removed: { rule: "N-3", reason: "" } })).toBe("N-3");
    expect(firstRule(item)).toBe("");
  });
  it("R17 joins into posts that are out and not joined, those of the same place first", () => {
    const all = [other("a", { cell: "x", day: "2026-11-01", category: "animal" }), other("b"), other("c", { about: "d" }), other("e", { by: { agency: "A", name: "N" } }), post];
    expect(joinable(post, all).map((one) => one.post[0])).toEqual(["b", "a"]);
  });
});

describe("a post's text", () => {
  it("R15 has what the checks read marked, as whole words", () => {
    const flags = [{ rule: "N-2", words: ["black", "hoodie (grey)"], what: "" }];
    expect(marked("A Black man in a hoodie (grey), blackberry", flags).map((piece) => (piece.flagged ? `[${piece.text}]` : piece.text)).join("")).toBe("A [Black] man in a [hoodie (grey)], blackberry");
    expect(marked("Nothing", [])).toEqual([{ text: "Nothing", flagged: false }]);
    expect(marked("", flags)).toEqual([]);
  });
});

describe("who wrote it", () => {
  it("R17 is opened by the moderator's own key, and only of what was asked for", async () => {
    const [own, stranger] = [await newIdentity(), await newIdentity()];
    const of = { kind: "post", id: post.post } as const;
    const sealed = await sealAge(utf8(JSON.stringify({ account: "a".repeat(26), of: post.post })), [own.recipient]);
    const got = await sealedAuthor(answering({ sealed: b64(sealed) }), of, { rule: "N-4", reason: "A hunt was called for." });
    expect(await authorOf(got, own.secret, of)).toBe("a".repeat(26));
    await expect(authorOf(got, stranger.secret, of)).rejects.toThrow();
    await expect(authorOf(got, own.secret, { kind: "post", id: "another" })).rejects.toThrow(OtherAuthor);
  });
});

describe("what was decided", () => {
  it("R17 is a list that a spreadsheet opens and reads as text", async () => {
    const row = { id: "1", day: "2026-11-23", act: "remove", rule: "N-1", reason: '=HYPERLINK("x")', kind: "post", of: "p", own: true };
    const page = await decided(answering({ done: [row, { ...row, rule: null, own: false, reason: "One, two" }], next: null }), null);
    expect(doneCsv(page.done)).toBe('id,day,act,rule,reason,kind,of,own\r\n1,2026-11-23,remove,N-1,"\'=HYPERLINK(""x"")",post,p,yes\r\n1,2026-11-23,remove,,"One, two",post,p,no\r\n');
  });
});

describe("the keys", () => {
  it("R17 step from one link to the next, and stay at the ends", () => {
    const links = ["a", "b"] as unknown as HTMLElement[];
    expect(stepFrom(links, null, 1)).toBe("a");
    expect(stepFrom(links, links[0] ?? null, 1)).toBe("b");
    expect(stepFrom(links, links[1] ?? null, 1)).toBe("b");
    expect(stepFrom(links, links[0] ?? null, -1)).toBe("a");
    expect(stepFrom([], null, 1)).toBeUndefined();
  });
});
