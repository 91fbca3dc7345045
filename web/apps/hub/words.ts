/** Every string of the hub's page; the larger pages keep theirs in `words/`. Whole sentences, British spelling, plain words. */
import { dateText, timeText } from "../../ui/times.ts";
import type { Label, RecordChoice } from "./api.ts";
import { add } from "./words/add.ts";
import { camera } from "./words/camera.ts";
import { footage } from "./words/footage.ts";
import { health, settings } from "./words/health.ts";
import { pairing } from "./words/pairing.ts";

const many = (count: number, one: string, more: string): string => (count === 1 ? `1 ${one}` : `${count.toLocaleString("en-GB")} ${more}`);

/** "13:20", or with the day where it is another one. */
const since = (time: Date): string => (new Date().toDateString() === time.toDateString() ? timeText(time) : `${timeText(time)}, ${dateText(time)}`);

export const words = {
  title: "Fanlight hub",
  brand: "Hub",
  starting: "Asking the hub",
  nav: { main: "Main", cameras: "Cameras", footage: "Footage", health: "Health", settings: "Settings" },
  home: { home: "Somebody is home", away: "Nobody is home", text: "Cameras marked as indoor record only while nobody is home.", label: "Somebody is home" },
  again: "Try again",
  save: "Save",
  saving: "Saving",
  saved: "Saved",
  cancel: "Cancel",
  undo: "Undo",
  leave: {
    title: "This is not saved yet",
    save: "Save and go on",
    stay: "Stay here",
    drop: "Go on without saving",
  },
  back: (to: string) => `Back to ${to}`,
  stale: (at: Date) => ({
    what: `The hub does not answer since ${timeText(at)}.`,
    kept: "What was loaded stays below. A hub that has power goes on recording without this page.",
    todo: "Look whether the hub runs and whether you are on its network. This page tries again by itself.",
  }),
  trouble: {
    unknown: { what: "Something did not work.", kept: "Nothing was changed.", todo: "Reload the page." },
    away: {
      what: "The hub does not answer.",
      kept: "Nothing was changed. A hub that has power goes on recording without this page.",
      todo: "Look whether the hub runs and whether you are on its network, then try again.",
    },
  },
  key: {
    title: "This tab has no key to your hub",
    refusedTitle: "The hub did not take this key",
    text: "Your hub’s page opens with a key, so that nobody else on your network can look through your cameras.",
    refusedText: "It may be another hub’s key, or a new one was made since.",
    how: "How to get it",
    steps: ["Open a terminal on the computer that is your hub.", "Run this command. It prints a link:", "Open the link in this browser. The key in it stays in this tab only and is gone when you close it."],
    command: "fanlight hub page",
  },
  lost: { title: "There is no such page", text: "The address may be cut off.", link: "To the cameras" },

  cameras: {
    title: "Cameras",
    all: (count: number) => (count === 1 ? "Your camera works" : count === 2 ? "Both cameras work" : `All ${count} cameras work`),
    some: (good: number, count: number) => `${good} of ${count} cameras ${good === 1 ? "works" : "work"}`,
    off: (count: number) => `${count} switched off`,
    waiting: (count: number) => `${count} not ready yet`,
    emptyTitle: "No camera yet",
    emptyText: "A new hub has none. Bring the camera’s user name and password; the rest takes about a minute.",
    add: "Add a camera",
    open: (name: string) => `Open ${name}`,
    picture: (name: string) => `Picture of ${name}, a moment ago`,
    noPicture: "No picture yet",
    pictureLate: "The picture is late",
    sound: "sound on, if it sends any",
    indoor: "indoor",
  },
  states: {
    recording: "Recording",
    watching: "Watching, not recording",
    away: (at: Date) => `Has not answered since ${since(at)}`,
    refused: (at: Date) => `Refuses the password since ${since(at)}`,
    unreadable: (at: Date) => `Sends pictures the hub cannot read since ${since(at)}`,
    unkept: (at: Date) => `Nothing of it is kept since ${since(at)}`,
    off: "Switched off",
    waiting: "Waiting for its privacy zone",
    starting: "Connecting",
  },
  records: { events: "Records around events", always: "Records all the time", off: "Records nothing" } satisfies Record<RecordChoice, string>,
  labels: { person: "People", vehicle: "Vehicles", animal: "Animals", package: "Parcels" } satisfies Record<Label, string>,
  stream: (width: number, height: number, fps: number, codec: string) => `${width} × ${height}${fps > 0 ? `, ${fps} pictures a second` : ""}, ${codec}`,
  misses: {
    none: (frames: number) => `missed none of ${many(frames, "picture", "pictures")}`,
    one: (n: number) => `misses about 1 in ${n.toLocaleString("en-GB")}`,
    many: (n: number) => `misses about ${n} in 10`,
    all: "misses nearly all",
    unmeasured: "was not measured",
  },
  add,
  camera,
  footage,
  health,
  pairing,
  settings,
};
