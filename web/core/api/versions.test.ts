// Answers of servers that are older or newer than this page: docs/spec/versions.md.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { aboutAccount, beginPasskey, beginPasskeySignIn, listNotices, listPasskeys, listSessions, signInByPasskey } from "./account.ts";
import { challenge, makeHousehold, myHousehold, town } from "./calls.ts";
import { Client, SPEAKS } from "./client.ts";
import { clipDays, clipsOf, keeping } from "./clips.ts";
import { findByRecovery, makeInvite, readAnswer, readInvite } from "./invites.ts";
import { linkTold, myLinks } from "./links.ts";
import { pushKey } from "./push.ts";
import { cellRecipient, cellWishes } from "./wishes.ts";

interface Recorded {
  readonly speaks: number;
  readonly calls: readonly { readonly call: string; readonly status: number; readonly answer: unknown }[];
}
const folder = new URL("../../../vectors/calls/", import.meta.url);
const recorded = (version: number): Recorded => JSON.parse(readFileSync(new URL(`${version}.json`, folder), "utf8")) as Recorded;

/** A client of a server that answers as was written down; `more` bends each answer. */
function clientOf({ calls }: Recorded, more: (answer: unknown) => unknown): Client {
  return new Client(async (url, init) => {
    const path = url.split("?")[0]?.replaceAll(/\/(?:[a-z2-7]{26}|[0-9a-f]{15})(?=\/|$)/g, "/*");
    const found = calls.find(({ call }) => call === `${init?.method ?? "GET"} ${path}`);
    if (!found) throw new Error(`never recorded: ${init?.method} ${path}`);
    return new Response(found.answer === null ? null : JSON.stringify(more(found.answer)), { status: found.status });
  });
}

/** Says more than was recorded, in each object at any depth but in lists by name, whose members are no fields. */
const newer = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(newer);
  if (value === null || typeof value !== "object") return value;
  if (Object.keys(value).every((key) => /^[0-9a-f]{15}$/.test(key))) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, newer(inner)])), later: { than: ["this page"] } };
};

const id = "a".repeat(26);
const proof = { sign_pub: "", challenge: "", signature: "" };
const reads: Record<string, (api: Client) => Promise<unknown>> = {
  aboutAccount,
  listPasskeys,
  listSessions,
  listNotices,
  myHousehold,
  clipDays,
  keeping,
  myLinks,
  pushKey,
  town,
  beginPasskeySignIn,
  beginPasskey: (api) => beginPasskey(api, "new"),
  signInByPasskey: (api) => signInByPasskey(api, {}, null),
  challenge: (api) => challenge(api, ""),
  makeHousehold: (api) => makeHousehold(api, ""),
  clipsOf: (api) => clipsOf(api, "2026-11-22", null),
  makeInvite: (api) => makeInvite(api, id),
  readInvite: (api) => readInvite(api, id),
  readAnswer: (api) => readAnswer(api, id),
  findByRecovery: (api) => findByRecovery(api, proof),
  linkTold: (api) => linkTold(api, id),
  cellRecipient: (api) => cellRecipient(api, "8".repeat(15)),
  cellWishes: (api) => cellWishes(api, "8".repeat(15)),
};

// A server answers this version for as long as it is answered, and its own before that.
for (let version = 1; version <= SPEAKS; version++) {
  test.each(Object.entries(reads))(`R02 version ${version}: %s reads what an older server says, and what a newer one adds changes nothing`, async (_, read) => {
    const plain = await read(clientOf(recorded(version), (answer) => answer));
    expect(plain).not.toBe(undefined);
    expect(await read(clientOf(recorded(version), newer))).toEqual(plain);
  });
}

test("R02 every call says its version, and a server that no longer knows it is quoted", async () => {
  const seen: (string | undefined)[] = [];
  const api = new Client(async (_, init) => {
    seen.push((init?.headers as Record<string, string>)["Fanlight-Speaks"]);
    const told = { code: "server.client_too_old", what: "This page is older.", kept: "Nothing was changed.", do: "Reload the page." };
    return new Response(JSON.stringify(told), { status: 426 });
  });
  await expect(aboutAccount(api)).rejects.toMatchObject({ code: "server.client_too_old", todo: "Reload the page.", away: false });
  expect(seen).toEqual([String(SPEAKS)]);
  expect(recorded(SPEAKS).speaks).toBe(SPEAKS);
});
