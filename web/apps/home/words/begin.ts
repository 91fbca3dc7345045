/** Words: beginning a household. */
import { dateText } from "../../../ui/times.ts";

export const begin = {
  title: "Begin a household",
  step: (n: number) => `Step ${n} of 3`,
  keysTitle: "Your recovery sheet",
  keysText:
    "Your keys were made on this device just now. This sheet is the only way back to your pictures if this device is lost. Nobody can make another: not we, not the caretaker of this server.",
  keysWarn: "Without this sheet and without a device that knows you, the footage is gone and nobody can bring it back.",
  save: "Save as a file",
  print: "Print",
  wrote: "I have it. Go on",
  fileName: "fanlight-recovery-sheet.txt",
  fileHead: (date: Date) => `Fanlight recovery sheet, made ${dateText(date)}\nWho has this sheet can see your pictures. Keep it like a house key.\n\n`,
  try: "Try the way back",
  tryText: "Type the last group of your sheet, so that you know it is legible.",
  tryField: "Last group of the sheet",
  tryWrong: "The last group is another one. Look again at the sheet.",
  placeTitle: "Where is your home?",
  placeText: "The server is told only a large area around it, shared by many homes. The exact place stays on this device and your hub.",
  placeField: "Latitude and longitude",
  placeHint: "Such as 37.7983, -122.4078. Many maps show it when you press a place.",
  placeBad: "Write two numbers: latitude from -85 to 85, a comma, longitude from -180 to 180.",
  here: "Use where this device is",
  hereFailed: "This device did not tell where it is. Type the place instead.",
  found: "Make the household",
  founding: "Making the household",
  unknownTitle: "This server does not know your key yet",
  unknownText: "Your key is fine, but no household here uses it. You can begin one with it, or sign out and bring another key.",
  beginWith: "Begin a household with this key",
  signOut: "Sign out of this tab",
};
