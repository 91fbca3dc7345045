import { expect, test } from "vitest";
import type { Settings } from "./api.ts";
import { changesOf, formOf, wrong } from "./forms.ts";

const settings: Settings = {
  page: { host: "127.0.0.1", port: 8430 },
  storage: { folder: "", quota_gb: 20, event_share: 0.5, reserve_mb: 256 },
  uploads: { mode: "at once", every_h: 4, places_mib: [1, 1, 4] },
  detector: { model: "", threads: 1 },
  mqtt: { host: "broker", port: 1883, user: "me", password: "set", tls: false, prefix: "fanlight", discovery: "entity", discovery_prefix: "homeassistant", snapshots: false },
  webhook: [{ ref: "r1", url: "https://example.org/…", on: ["ring"], secret: "set" }],
  chime: { url: "", mqtt_topic: "", mqtt_payload: "ON" },
};

test("a form that nobody touched changes nothing", () => {
  expect(changesOf(formOf(settings), settings)).toEqual({});
});

test("only the section in which something changed is sent", () => {
  expect(changesOf({ ...formOf(settings), quota: "40,5" }, settings)).toEqual({ storage: { folder: "", quota_gb: 40.5, event_share: 0.5, reserve_mb: 256 } });
});

test("a secret is never filled in, stays as it is when nothing is typed, and is sent when it is", () => {
  const form = formOf(settings);
  expect([form.mqttPassword, form.hooks[0]?.secret]).toEqual(["", ""]);
  expect(changesOf({ ...form, mqttPort: "8883" }, settings)).toMatchObject({ mqtt: { port: 8883, password: "set" } });
  expect(changesOf({ ...form, mqttPassword: "new" }, settings)).toMatchObject({ mqtt: { password: "new" } });
  form.hooks.push({ ref: "", url: " https://example.org/b ", on: ["ring"], secret: "s", isSet: false });
  expect(changesOf(form, settings)).toEqual({
    webhook: [
      { ref: "r1", url: "https://example.org/…", on: ["ring"], secret: "set" },
      { ref: "", url: "https://example.org/b", on: ["ring"], secret: "s" },
    ],
  });
});

test("what is no number is named, and nothing is sent", () => {
  const form = { ...formOf(settings), reserve: "15", mqttPort: "x" };
  expect(wrong(form)).toEqual(new Set(["reserve", "mqttPort"]));
  expect(changesOf(form, settings)).toBeNull();
});

test("sending evenly is chosen with its hours and sizes, and a size that is none is named", () => {
  const form = { ...formOf(settings), uploads: "even" as const, every: "12", places: "1,2; 16 " };
  expect(changesOf(form, settings)).toEqual({ uploads: { mode: "even", every_h: 12, places_mib: [1, 2, 16] } });
  for (const places of ["", "0", "65", "1.5", "one", "1,,x", Array(65).fill("1").join(",")]) {
    expect(wrong({ ...form, places })).toEqual(new Set(["places"]));
    expect(changesOf({ ...form, places }, settings)).toBeNull();
  }
});
