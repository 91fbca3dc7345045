// What dispatch reports, as everybody reads it: R13 R14 R18. The town and its reports are made by tests/journey/test_neighbors.py.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { look } from "./days.ts";

test("R13 R14 R18 anybody reads what dispatch reports, and how common it is", async ({ page, context }) => {
  await context.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  const calls: string[] = [];
  page.on("request", (request) => calls.push(new URL(request.url()).pathname));
  const map = page.waitForSelector('[data-ready="true"]', { state: "attached" });
  await page.goto("/neighbors");
  await expect(page.getByRole("heading", { name: "Around town" })).toBeVisible();
  const list = page.getByRole("region", { name: "Reported" });
  await expect(list.getByRole("listitem")).toHaveCount(4);
  await expect(list.getByRole("heading", { name: "Fire", exact: true })).toHaveCount(2);
  await expect(list.getByText("Somewhere in town")).toHaveCount(1);
  await expect(list.getByText("Over", { exact: true })).toHaveCount(1);
  await map;
  await expect(page.getByRole("img", { name: /^Map of the town with \d+ areas/ })).toBeVisible();
  await look(page);
  // by keyboard alone: filter, look less far back, another kind's numbers
  await page.getByRole("button", { name: "Look out now" }).focus();
  await page.keyboard.press("Enter");
  await expect(list.getByRole("listitem")).toHaveCount(2); // a fire that is not over, and the alert
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByLabel("How far back").focus();
  await page.keyboard.press("Home");
  await expect(list.getByText("Choose another kind, or look further back.")).toBeVisible();
  await look(page);
  await page.keyboard.press("End");
  await expect(list.getByRole("listitem")).toHaveCount(4);
  const common = page.getByRole("region", { name: "How common is this here?" });
  await common.getByLabel("Kind").selectOption({ label: "Fire" });
  await expect(common.getByText("There is no year before to compare with.", { exact: false })).toBeVisible();
  const [kept] = await Promise.all([page.waitForEvent("download"), list.getByRole("button", { name: "CSV" }).click()]);
  const csv = await readFile(await kept.path(), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(5);
  // the whole town's files, whoever looks at whatever: no tile, no point, no account
  const asked = new Set(calls.filter((path) => path.startsWith("/v1/")));
  expect([...asked].toSorted()).toEqual(
    ["/v1/cad-sources", "/v1/incident-classes", "/v1/incidents", "/v1/incidents/years", "/v1/map/city.geojson", "/v1/map/streets.geojson", "/v1/town"].toSorted(),
  );
  for (const text of [csv, await page.content()]) expect(text).not.toContain("NEVERKEPT");
});

test("R14 a town without a source says why, and a slow one says so", async ({ page }) => {
  await page.route("**/v1/cad-sources", (route) => route.fulfill({ json: { sources: [] } }));
  await page.goto("/neighbors");
  await expect(page.getByRole("heading", { name: "Nobody passes dispatches on here" })).toBeVisible();
  await look(page);
  await page.unroute("**/v1/cad-sources");
  await page.route("**/v1/incidents", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await page.unroute("**/v1/incidents");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Reported" })).toBeVisible();
});
