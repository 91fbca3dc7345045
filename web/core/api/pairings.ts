/** The calls by which a hub without a household and an owner who read its code find each other. */
import type { Client } from "./client.ts";
import { obj, str } from "./shape.ts";

/** What the server says the waiting hub's keys are: to be compared with the code. */
export const findPairing = (api: Client, meeting: string): Promise<{ sign_pub: string; age_recipient: string }> =>
  api.json(`/v1/pairings/${meeting}`, obj({ sign_pub: str, age_recipient: str }));

/** `sealed` is base64. */
export const answerPairing = async (api: Client, meeting: string, sealed: string): Promise<void> => {
  await api.send(`/v1/pairings/${meeting}/answer`, { method: "PUT", json: { sealed } });
};
