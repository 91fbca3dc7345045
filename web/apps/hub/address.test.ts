import fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, bellAddress, isLoopback } from "./address.ts";

const url = (typed: string, user = "", password = ""): string => {
  const found = addressOf(typed, user, password);
  return found.kind === "ok" ? found.url : found.kind;
};

test("a bare host, a port and a path are enough", () => {
  expect(url("192.168.1.20")).toBe("rtsp://192.168.1.20/");
  expect(url("127.0.0.1:8554/demo", "viewer", "secret")).toBe("rtsp://viewer:secret@127.0.0.1:8554/demo");
  expect(url("rtsps://camera.local/a?b=1")).toBe("rtsps://camera.local/a?b=1");
  expect(url("[fe80::1]:554/x")).toBe("rtsp://[fe80::1]:554/x");
});

test("a password with any signs in it reaches the camera as it was typed", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string(), (user, password) => {
      if (!user.isWellFormed() || !password.isWellFormed()) return;
      const found = url("rtsp://10.0.0.9/live", user, password);
      const [, name = "", secret = ""] = /^rtsp:\/\/([^:@/]*):([^:@/]*)@10\.0\.0\.9\/live$/.exec(found) ?? [];
      expect([decodeURIComponent(name), decodeURIComponent(secret)]).toEqual([user, password]);
    }),
  );
});

test("what is typed into the fields wins over what stands in the address", () => {
  expect(url("rtsp://old:one@h/x", "new", "two")).toBe("rtsp://new:two@h/x");
  expect(url("h/x", "", "only")).toBe("rtsp://:only@h/x");
  expect(url("rtsp://old:one@h/x")).toBe("rtsp://old:one@h/x");
});

test("files and the made picture pass as they are; other things are no address", () => {
  expect(url("/srv/clip.mp4")).toBe("/srv/clip.mp4");
  expect(url("test:")).toBe("test:");
  for (const bad of ["http://x/y", "rtsp://", "a b", "rtsp://h:99999/", "rtsp://h:x/"]) expect(url(bad)).toBe("bad");
  expect(url("   ")).toBe("empty");
});

test("a bell calls the hub by an address of the house, never by one that means the bell itself", () => {
  expect(bellAddress("/press/a?k=b", "http://192.168.1.10:8085")).toBe("http://192.168.1.10:8085/press/a?k=b");
  expect(bellAddress("/press/a", "http://127.0.0.1:8085")).toBe("http://HUB-ADDRESS:8085/press/a");
  expect(bellAddress("/press/a", "http://[::1]:8085")).toBe("http://HUB-ADDRESS:8085/press/a");
  expect(["localhost", "127.0.0.1", "::1", "0.0.0.0", "192.168.1.10", "127.example.org"].map(isLoopback)).toEqual([true, true, true, false, false, false]);
});
