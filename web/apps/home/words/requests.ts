/** Words: the list of requests. */
import { many } from "../../../ui/many.ts";
import { windowText } from "../../../ui/told.ts";

export const requests = {
  title: "Requests",
  free: "You are free to say no, or to do nothing.",
  freeText:
    "All of these look the same to the police and to us: declining, not answering, having no clip that matches, and having no camera.",
  matchedAtHome: "Your hub found the match at home; nobody else knows of it.",
  none: "Nobody asks you for anything",
  noneText: "When an agency asks about a place and a time that your camera saw, it shows here. Most weeks nobody does.",
  noneLink: "See all requests in the public record",
  forYou: "Your camera saw the place and time",
  nearby: "Open in your area, nothing of yours matches so far",
  nearbyText: "Your hub looks again for as long as a request is open. Nobody learns that nothing matched.",
  nearbyNoHub: "Open in your area",
  nearbyNoHubText: "Your hub has not reported yet, so nothing was compared. Nobody learns that either.",
  noClip: "No clip of yours matches so far",
  notCompared: "Not compared yet",
  answered: "Answered on this device",
  row: (agency: string) => `${agency} asks for a clip`,
  window: (from: Date, to: Date) => windowText(from, to),
  clips: (count: number) => many(count, { one: "clip of yours matches", other: "clips of yours match" }),
  state: { shared: "Shared", declined: "Declined", hidden: "Hidden", waiting: "Waiting to be sent" },
  shown: {
    title: "What this device shows",
    text: "Only this device knows. It fetches the same list at the same pace whether it shows requests or not, so nobody can tell the difference: not the agency, not the server, not your household.",
    all: "Show requests on this device",
    allHint: "Off: no agency’s request shows here, and none is counted as waiting.",
    of: (agency: string) => `Show requests of ${agency}`,
    off: "This device does not show what is asked in your area",
    offText: "You chose so below. Nobody was told.",
  },
  emergency: "Emergency",
  emergencyOne: "Emergency, one signature so far",
  lapsed: (count: number) => (count === 1 ? "An emergency request in your area closed by itself" : `${count} emergency requests in your area closed by themselves`),
  lapsedText: "No second person of the agency signed within 24 hours of asking. The public record says so too.",
  unsound: "Does not hold",
  checking: "Checking what is asked on this device",
  refused: {
    signature: { what: "The list of requests is not signed by this town’s record.", kept: "Nothing of it was shown, matched or shared.", todo: "Try again later; tell the caretaker of this town if it stays so." },
    cell: { what: "The server answered with the list of another area.", kept: "Nothing of it was shown or shared.", todo: "Try again later; tell the caretaker of this town if it stays so." },
    record: { what: "The public record under the list of requests does not hold.", kept: "Nothing of it was shown or shared.", todo: "Try again later; tell the caretaker of this town if it stays so." },
    "other-record": { what: "The server shows another public record than before.", kept: "What was seen before stays on this device. Nothing was shared.", todo: "Ask the caretaker of this town why, before you answer any request." },
    rewritten: { what: "The public record was rewritten since this device last saw it.", kept: "What was seen before stays on this device. Nothing was shared.", todo: "Do not share. Tell the town’s auditor; this should never happen." },
  },
};
