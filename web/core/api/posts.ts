/** The calls about posts: docs/spec/neighbors.md. What everybody may read carries no token, and neither does what a writer's secret opens. */
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, oneOf, or, type Read, str } from "./shape.ts";

export const CATEGORIES = ["safety", "package", "vehicle", "lost-found", "animal", "help", "good-news"] as const;
export type Category = (typeof CATEGORIES)[number];
export const PARTS = ["night", "morning", "afternoon", "evening"] as const;
export type Part = (typeof PARTS)[number];
export const MOST_MEDIA = 4;

export interface Picture {
  readonly media: string;
  readonly kind: "photo" | "clip";
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}
export interface Post {
  readonly post: string;
  readonly category: Category | "notice";
  readonly title: string;
  readonly done: string;
  readonly looks: string;
  /** An H3 cell. */
  readonly cell: string;
  readonly day: string;
  readonly part: Part | "";
  /** Null of one's own that is not out yet. */
  readonly published: string | null;
  readonly state: "open" | "resolved";
  readonly verified: boolean;
  readonly correction: { readonly text: string; readonly day: string } | null;
  readonly media: readonly Picture[];
  readonly comments: number;
  readonly supplied: readonly { readonly text: string; readonly title: string; readonly words: number }[];
  readonly about: string | null;
  readonly by: { readonly agency: string; readonly name: string } | null;
}
export interface Comment {
  readonly comment: string;
  readonly who: number;
  readonly writer: boolean;
  readonly text: string;
  readonly published: string;
}
export interface Correction {
  readonly post: string;
  readonly kind: "corrected" | "removed" | "resolved" | "verified" | "joined";
  readonly title: string;
  readonly day: string;
  readonly text: string;
  readonly rule: string;
  readonly about: string | null;
}
/** So many posts of a kind in a cell came out on a day. */
export interface Counted {
  readonly cell: string;
  readonly category: string;
  readonly day: string;
  readonly many: number;
}
export interface Rule {
  readonly id: string;
  readonly words: string;
  readonly why: string;
}
export interface Rules {
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly delay_min: readonly number[];
  readonly quiet_days: number;
}
export interface Flag {
  readonly rule: string;
  readonly words: readonly string[];
  readonly what: string;
}
/** What a post says, as the form has it. */
export interface PostText {
  readonly category: Category;
  readonly title: string;
  readonly done: string;
  readonly looks: string;
  readonly cell: string;
  readonly day: string;
  readonly part: Part | "";
}
export interface Checked {
  readonly ask: readonly ("behaviour" | "descriptors")[];
  readonly flags: readonly Flag[];
  readonly similar: readonly Post[];
  readonly quiet: boolean;
  readonly barred: { readonly until: string; readonly rule: string; readonly reason: string } | null;
}
export interface Taken {
  readonly post: string;
  readonly state: "accepted" | "waiting";
  readonly due: string | null;
  readonly flags: readonly Flag[];
}
export const OWN_STATES = ["accepted", "waiting", "shown", "removed", "withdrawn"] as const;
export interface Own {
  /** Which of the secrets it belongs to. */
  readonly n: number;
  readonly post: string;
  readonly kind: "post" | "comment";
  /** Of a comment, the post that it is below. */
  readonly of: string | null;
  readonly title: string;
  readonly state: (typeof OWN_STATES)[number];
  readonly due: string | null;
  readonly flags: readonly Flag[];
  readonly decided: { readonly act: string; readonly rule: string; readonly reason: string; readonly day: string } | null;
  readonly appeal: { readonly state: "waiting" | "upheld" | "overturned"; readonly reason: string } | null;
}

const anonymous = { anonymous: true } as const;
/** What was corrected a moment ago counts: an answer that a browser kept is asked about first. */
const fresh = { ...anonymous, headers: { "Cache-Control": "max-age=0" } } as const;
const flag = obj<Flag>({ rule: str, words: or(list(str), []), what: or(str, "") });
/** A day, an id or a word of ours may be missing where nothing is to be said. */
const text = or(str, "");
export const post: Read<Post> = obj<Post>({
  post: str,
  category: oneOf([...CATEGORIES, "notice"]),
  title: str,
  done: str,
  looks: text,
  cell: str,
  day: str,
  part: oneOf(["", ...PARTS]),
  published: nullable(str),
  state: oneOf(["open", "resolved"]),
  verified: bool,
  correction: nullable(obj({ text: str, day: str })),
  media: list(obj<Picture>({ media: str, kind: oneOf(["photo", "clip"]), width: num, height: num, seconds: or(num, 0) })),
  comments: num,
  supplied: list(obj({ text: str, title: str, words: num })),
  about: nullable(str),
  by: nullable(obj({ agency: str, name: str })),
});
const taken = obj<Taken>({ post: str, state: oneOf(["accepted", "waiting"]), due: nullable(str), flags: or(list(flag), []) });

export const postRules = (api: Client): Promise<Rules> =>
  api.json("/v1/post-rules", obj<Rules>({ version: num, rules: list(obj<Rule>({ id: str, words: str, why: text })), delay_min: list(num), quiet_days: num }), anonymous);

export interface Page {
  readonly posts: readonly Post[];
  readonly next: string | null;
}
/** One page of posts, latest first. `area` is a cell of res 5 or 6, or nothing for the whole town. */
export const posts = (api: Client, area: string, before: string): Promise<Page> => {
  const query = new URLSearchParams({ ...(area && { area }), ...(before && { before }) }).toString();
  return api.json(`/v1/posts${query && `?${query}`}`, obj<Page>({ posts: list(post), next: nullable(str) }), anonymous);
};

export interface Told {
  readonly post: Post;
  readonly comments: readonly Comment[];
}
export const onePost = (api: Client, id: string): Promise<Told> =>
  api.json(`/v1/posts/${id}`, obj<Told>({ post, comments: list(obj<Comment>({ comment: str, who: num, writer: bool, text: str, published: str })) }), fresh);

export const corrections = async (api: Client): Promise<Correction[]> => {
  const one = obj<Correction>({
    post: str,
    kind: oneOf(["corrected", "removed", "resolved", "verified", "joined"]),
    title: text,
    day: str,
    text,
    rule: text,
    about: nullable(str),
  });
  return (await api.json("/v1/posts/corrections", obj({ corrections: list(one) }), fresh)).corrections;
};

export const postMap = async (api: Client): Promise<Counted[]> =>
  (await api.json("/v1/posts/map", obj({ cells: list(obj<Counted>({ cell: str, category: str, day: str, many: num })) }), anonymous)).cells;

/** Somebody who is in a post asks for its removal; the number that comes back asks how it went. */
export const askRemoval = async (api: Client, id: string, why: string): Promise<string> =>
  (await api.json(`/v1/posts/${id}/removal`, obj({ report: str }), { method: "POST", json: { text: why }, ...anonymous })).report;

export interface Reported {
  readonly state: "waiting" | "removed" | "stands";
  readonly rule: string;
  readonly reason: string;
}
export const reportTold = (api: Client, report: string): Promise<Reported> =>
  api.json(`/v1/reports/${report}`, obj<Reported>({ state: oneOf(["waiting", "removed", "stands"]), rule: text, reason: text }), anonymous);

/* Members. */

export const checkPost = (api: Client, said: PostText): Promise<Checked> =>
  api.json(
    "/v1/posts/check",
    obj<Checked>({
      ask: list(oneOf(["behaviour", "descriptors"])),
      flags: list(flag),
      similar: list(post),
      quiet: bool,
      barred: nullable(obj({ until: str, rule: str, reason: str })),
    }),
    { method: "POST", json: said },
  );

export interface Ticket {
  readonly media: string;
  readonly ticket: string;
}
export const beginMedia = (api: Client, kind: "photo" | "clip"): Promise<Ticket> =>
  api.json("/v1/posts/media", obj<Ticket>({ media: str, ticket: str }), { method: "POST", json: { kind } });

export interface NewPost extends PostText {
  readonly post: string;
  /** SHA-256 of the secret, base64. */
  readonly key: string;
  /** Receipts. */
  readonly media: readonly string[];
  readonly anyway: boolean;
}
/** Sends a post; the same again is fine. */
export const sendPost = (api: Client, made: NewPost): Promise<Taken> => api.json("/v1/posts", taken, { method: "POST", json: made });

export interface NewComment {
  readonly comment: string;
  readonly key: string;
  readonly text: string;
  readonly anyway: boolean;
}
export const sendComment = (api: Client, id: string, made: NewComment): Promise<Taken> =>
  api.json(`/v1/posts/${id}/comments`, taken, { method: "POST", json: made });

export const reportPost = async (api: Client, kind: "posts" | "comments", id: string, rule: string, why: string): Promise<string> =>
  (await api.json(`/v1/${kind}/${id}/reports`, obj({ report: str }), { method: "POST", json: { rule, text: why } })).report;

/* Writers, known by the secret alone: no session goes with them. */

export const minePosts = async (api: Client, secrets: readonly string[]): Promise<Own[]> => {
  const one = obj<Own>({
    n: num,
    post: str,
    kind: oneOf(["post", "comment"]),
    of: nullable(str),
    title: text,
    state: oneOf(OWN_STATES),
    due: nullable(str),
    flags: or(list(flag), []),
    decided: nullable(obj({ act: str, rule: text, reason: text, day: str })),
    appeal: nullable(obj({ state: oneOf(["waiting", "upheld", "overturned"]), reason: text })),
  });
  return (await api.json("/v1/posts/mine", obj({ posts: list(one) }), { method: "POST", json: { secrets }, ...anonymous })).posts;
};

export const changePost = async (api: Client, act: "correct" | "resolve", id: string, secret: string, said: string): Promise<void> => {
  await api.send(`/v1/posts/${id}/${act}`, { method: "POST", json: { secret, text: said }, ...anonymous });
};
export const withdraw = async (api: Client, kind: "posts" | "comments", id: string, secret: string): Promise<void> => {
  await api.send(`/v1/${kind}/${id}/withdraw`, { method: "POST", json: { secret }, ...anonymous });
};
export const appeal = async (api: Client, kind: "posts" | "comments", id: string, secret: string, said: string): Promise<void> => {
  await api.send(`/v1/${kind}/${id}/appeal`, { method: "POST", json: { secret, text: said }, ...anonymous });
};

/** Where pictures of posts are sent and seen; null in a town that keeps none. */
export const mediaPlace = async (api: Client): Promise<string | null> => (await api.json("/v1/media-place", obj({ place: nullable(str) }), anonymous)).place;
