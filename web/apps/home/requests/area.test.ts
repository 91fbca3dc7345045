import { afterEach, expect, test, vi } from "vitest";
import { Client } from "../../../core/api/client.ts";
import type { Session } from "../../../ui/session.ts";
import { Area } from "./area.svelte.ts";

const SEED = new Uint8Array(32).fill(1);
afterEach(() => vi.unstubAllGlobals());

/** What an area asks of the server on one visit, line by line. */
async function asked(set: (area: Area) => void): Promise<string[]> {
  const rows = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => rows.get(key) ?? null, setItem: (key: string, value: string) => void rows.set(key, value) });
  const calls: string[] = [];
  const client = new Client(async (url, init) => {
    calls.push(`${init?.method ?? "GET"} ${String(url)} ${JSON.stringify(init?.headers ?? {})}`);
    return new Response(JSON.stringify({ body: "{}", sig: "A" }), { headers: { "Content-Type": "application/json" } });
  });
  const area = new Area({ seed: SEED, api: client } as unknown as Session, client);
  set(area);
  await area.refreshInTurn("c1").catch(() => undefined);
  await area.refreshInTurn("c1").catch(() => undefined);
  return calls;
}

test("R24: a device that shows no requests asks for the same, in the same order, as one that shows them", async () => {
  const listens = await asked(() => undefined);
  expect(listens.length).toBeGreaterThan(0);
  expect(await asked((area) => (area.quiet = { all: true, agencies: [] }))).toEqual(listens);
  expect(await asked((area) => (area.quiet = { all: false, agencies: [{ id: "CA0380100", name: "Harbor" }] }))).toEqual(listens);
  expect(await asked((area) => void area.refresh("another").catch(() => undefined))).not.toEqual(listens); // the control: a leak would show
});
