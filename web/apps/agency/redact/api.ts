/** The calls about redacted copies of a clip. */
import type { Client } from "../../../core/api/client.ts";
import { b64 } from "../../../core/seal/bytes.ts";
import { jcs } from "../../../core/jcs.ts";
import { type SigningKey, sign } from "../../../core/seal/keys.ts";
import { redactionSaid, type SealedRedaction } from "../../../core/seal/redaction.ts";

const PART = 1024 * 1024;

/** Puts a redacted copy beside its clip. */
export async function keepRedaction(api: Client, disclosure: string, redaction: string, sealed: SealedRedaction, signer: SigningKey, progress: (share: number) => void): Promise<void> {
  const base = `/v1/agency/disclosures/${disclosure}/redactions/${redaction}`;
  for (let offset = 0; offset < sealed.pay.length; offset += PART) {
    await api.send(`${base}/pay?offset=${offset}`, { method: "PUT", bytes: sealed.pay.subarray(offset, offset + PART) });
    progress(Math.min(1, (offset + PART) / sealed.pay.length));
  }
  const said = redactionSaid(disclosure, redaction, sealed);
  const json = { hdr: b64(sealed.hdr), record: b64(sealed.record), length: said.length, root: said.root, signature: b64(sign(signer, "redaction", jcs(said))) };
  await api.send(base, { method: "POST", json });
}
export const redactionHeader = (api: Client, id: string): Promise<Uint8Array<ArrayBuffer>> => api.bytes(`/v1/agency/redactions/${id}/hdr`);
export const redactionRange = (api: Client, id: string, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> => api.range(`/v1/agency/redactions/${id}/pay`, from, to);
export const takeOff = async (api: Client, id: string): Promise<void> => {
  await api.send(`/v1/agency/redactions/${id}`, { method: "DELETE" });
};
