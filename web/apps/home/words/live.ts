/** Words: cameras as they are now, what was recorded, and talking through a camera. */
import { many } from "../../../ui/many.ts";
import { timeText } from "../../../ui/times.ts";

const seconds = (ms: number): string => (ms / 1000).toLocaleString("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
type What = "live" | "footage" | "talk";
const YOU: Record<What, string> = { live: "watch", footage: "look at recordings of", talk: "talk through" };
const OTHER: Record<What, string> = { live: "watches", footage: "looks at recordings of", talk: "talks through" };

export const live = {
  title: "Live",
  lead: "Locked at home and opened on this screen. Only members can open it, and members always see who is watching.",
  one: (camera: string) => `Live from ${camera}`,
  live: (camera: string) => `Live · ${camera}`,
  wall: "All cameras",
  open: (camera: string) => `Open ${camera}`,
  picture: (camera: string) => `${camera}, as it is now`,
  behind: (ms: number) => `${seconds(ms)} s behind`,
  slow: (ms: number) => `${seconds(ms)} s behind, slow network`,
  sparse: "Slow network: a picture now and then",
  coming: "The picture is coming",
  quality: "Picture",
  qualities: { auto: "As the network allows", main: "Sharp", sub: "Small" },
  full: "Fill the screen",
  snapshot: "Save a picture",
  snapshotName: (camera: string, at: Date) => `${camera} ${at.toISOString().slice(0, 19).replaceAll(":", "")}.png`,

  connecting: "Asking your hub",
  away: "Your hub does not answer",
  awayText: "It records at home all the same. We try again by ourselves.",
  refused: "This is not for you",
  refusedText: "Whoever looks after your household can let you see its cameras.",
  altered: "Something between your hub and this screen was altered",
  alteredText: "Nothing of it was shown. If it happens again, do not trust this network or this server.",
  again: "Try now",
  noHub: "No hub yet",
  noHubText: "Once a hub is connected on the House page, its cameras are here.",
  noCameras: "No camera to show",
  noCamerasText: "Your hub has no camera yet, or none that you may see.",
  stopped: {
    away: (camera: string, since: Date) => `${camera} has not answered since ${timeText(since)}`,
    awayText: "The hub tries again by itself. What was recorded until then is kept.",
    off: (camera: string) => `${camera} is off`,
    coding: (camera: string) => `This device cannot show ${camera}`,
    codingText: "The camera sends a kind of picture that this browser does not know. A second, smaller stream set up on your hub’s page helps.",
    not_yours: (camera: string) => `You may not see ${camera} now`,
  },

  watching: "Watching now",
  nobody: "Nobody is watching.",
  you: "You",
  somebody: "Somebody of the household",
  youNow: (what: What, camera: string, since: Date) => `You ${YOU[what]} ${camera} since ${timeText(since)}`,
  otherNow: (who: string, what: What, camera: string, since: Date) => `${who} ${OTHER[what]} ${camera} since ${timeText(since)}`,
  then: (who: string, what: What, camera: string, since: Date, until: Date) => `${who}: ${{ live: "live", footage: "recordings", talk: "talked" }[what]}, ${camera}, ${timeText(since)} to ${timeText(until)}`,
  opened: (who: string, clips: number, camera: string, since: Date, until: Date) => {
    const [from, to] = [timeText(since), timeText(until)];
    return `${who} opened ${many(clips, { one: "clip", other: "clips" })} of ${camera}, ${from === to ? from : `${from} to ${to}`}`;
  },
  lately: "Who watched or opened clips lately",
  latelyNone: "Nobody in the last 30 days.",

  sound: "Sound",
  soundNo: "This browser cannot play this camera’s sound.",

  talk: "Hold to talk",
  talking: "Talking. Let go to stop",
  talkWait: "Connecting to the camera",
  talkHint: "Press and hold, or tap once to begin and once to end. Space does the same.",
  talkNo: {
    busy: "Somebody else is speaking through this camera.",
    no_back_channel: "This camera takes no sound. Some need two-way audio switched on in their settings.",
    microphone: "This device did not let us use its microphone.",
    other: "The camera did not take the sound. Try again.",
  },

  footage: "What was recorded",
  footageText: "Anything your hub still has, fetched from home.",
  from: "From",
  length: "For",
  minutes: (count: number) => (count === 1 ? "1 minute" : `${count} minutes`),
  fetch: "Show",
  stop: "Stop",
  fetching: "Fetching from your hub",
  fetched: (from: Date, to: Date) => `Here from ${timeText(from)} to ${timeText(to)}`,
  footageNone: "Nothing was recorded then, or the hub has let go of it.",
  footageRefused: "Recordings are for those who live here.",
  footageDamaged: "A part of it cannot be shown.",
  film: (camera: string) => `Recording of ${camera}`,
  save: "Save what is here",
  fileName: (camera: string, from: Date) => `${camera} ${from.toISOString().slice(0, 19).replaceAll(":", "")}.mp4`,
  timeBad: "Choose a time that has passed.",
};
