/** Words: several cameras at one moment. */
import { clockText, dateText, lengthText, timeText } from "../../../ui/times.ts";
import { many } from "../../../ui/many.ts";

export const together = {
  title: "The same moment",
  link: (count: number) => `See it from ${many(count, { one: "other camera", other: "other cameras" })} too`,
  when: (from: Date, to: Date) => `${dateText(from)}, ${timeText(from, true)} to ${timeText(to, true)}`,
  lead: "All cameras on one clock. A camera shows its picture while it recorded.",
  region: (count: number, start: Date, ms: number) => `${many(count, { one: "camera", other: "cameras" })}, ${timeText(start)}, ${lengthText(ms / 1000)}`,
  before: (seconds: number) => `Begins in ${clockText(Math.ceil(seconds))}`,
  after: "Ended",
  broken: "This clip does not hold",
  only: "No other camera saw this moment",
  onlyText: "Only one camera recorded anything then.",
  open: (camera: string) => `Open the clip of ${camera}`,
  clock: (time: Date) => timeText(time, true),
};
