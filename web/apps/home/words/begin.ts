/** Words: beginning a household. */

export const begin = {
  title: "Begin a household",
  steps: ["Passkey", "Recovery sheet", "Try the sheet", "Your area"] as const,
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  placeTitle: "Where is your home?",
  placeText: "The server is told only a large area around it, shared by many homes. The exact place stays on this device and your hub.",
  placeField: "Latitude and longitude",
  placeHint: "Such as 37.7983, -122.4078. Many maps show it when you press a place.",
  placeBad: "Write two numbers: latitude from -85 to 85, a comma, longitude from -180 to 180.",
  here: "Use where this device is",
  hereFailed: "This device did not tell where it is. Type the place instead.",
  found: "Make the household",
  founding: "Making the household",
  unfinished: "Your household was begun, but has no recovery sheet yet. Make it now; then the household is whole.",
};
