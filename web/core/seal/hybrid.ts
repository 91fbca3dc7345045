/**
 * Post-quantum age identities by the browser's own ML-KEM-768 and X25519, where it has them: some forty times as fast as in
 * JavaScript, and the key is worked out once and not for every file. Elsewhere by `age-encryption`, to the same result.
 *
 * Source: C2SP age.md, mlkem768x25519; RFC 9180; FIPS 203; X-Wing's combiner.
 * Absent: sealing; headers, whose stanzas come here as the library read them.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256, shake256 } from "@noble/hashes/sha3.js";
import { type Identity, identityToRecipient, type Stanza } from "age-encryption";
import { bech32, unbech32 } from "./bech32.ts";
import { type Bytes, concat, equal, readB64, utf8 } from "../bytes.ts";

const NAME = "mlkem768x25519";
const LATTICE_SEED = 64; // bytes, of ML-KEM; X25519's 32 follow
const LATTICE_SHARE = 1088; // bytes, of ML-KEM; X25519's 32 follow
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20); // what X25519's secret follows
const BASE = Uint8Array.of(9, ...new Uint8Array(31));
const COMBINER = utf8("\\.//^\\");
const SUITE = Uint8Array.of(...utf8("HPKE"), 0x64, 0x7a, 0, 1, 0, 3);
const VERSION = utf8("HPKE-v1");
const MOST = 64; // of a household's years; others begin anew

const NONE = new Uint8Array(0);
const labeled = (salt: Uint8Array | undefined, label: string, data: Uint8Array): Uint8Array => extract(sha256, concat([VERSION, SUITE, utf8(label), data]), salt);
const CONTEXT = concat([Uint8Array.of(0), labeled(undefined, "psk_id_hash", NONE), labeled(undefined, "info_hash", utf8(`age-encryption.org/${NAME}`))]);

// Too new for TypeScript's own list.
type Lattice = SubtleCrypto & {
  decapsulateBits(how: string, key: CryptoKey, share: BufferSource): Promise<ArrayBuffer>;
  getPublicKey(key: CryptoKey, usages: readonly string[]): Promise<CryptoKey>;
};
const subtle = crypto.subtle as Lattice;
const LATTICE = "ML-KEM-768";
const CURVE = "X25519";

/** An identity worked out once. */
class Native implements Identity {
  readonly #lattice: CryptoKey;
  readonly #curve: CryptoKey;
  readonly #point: Bytes;

  private constructor(lattice: CryptoKey, curve: CryptoKey, point: Bytes) {
    this.#lattice = lattice;
    this.#curve = curve;
    this.#point = point;
  }

  /** Throws where the browser lacks a part of it. */
  static async make(seed: Bytes): Promise<Native> {
    const both = shake256(seed, { dkLen: LATTICE_SEED + 32 }) as Bytes;
    const [lattice, curve] = await Promise.all([
      subtle.importKey("raw-seed" as "raw", both.slice(0, LATTICE_SEED), LATTICE, false, ["decapsulateBits" as KeyUsage]),
      subtle.importKey("pkcs8", concat([PKCS8, both.subarray(LATTICE_SEED)]), CURVE, false, ["deriveBits"]),
    ]);
    both.fill(0);
    return new Native(lattice, curve, await agree(curve, BASE));
  }

  async recipient(): Promise<string> {
    const lattice = await subtle.getPublicKey(this.#lattice, ["encapsulateBits"]);
    return bech32("age1pq", concat([new Uint8Array(await subtle.exportKey("raw-public" as "raw", lattice)), this.#point]));
  }

  async unwrapFileKey(stanzas: Stanza[]): Promise<Uint8Array | null> {
    for (const { args, body } of stanzas) {
      if (args[0] !== NAME) continue;
      const share = args.length === 2 ? unpadded(args[1] as string) : null;
      if (share?.length !== LATTICE_SHARE + 32 || body.length !== 32) throw new Error(`invalid ${NAME} stanza`);
      const [first, point] = [share.slice(0, LATTICE_SHARE), share.slice(LATTICE_SHARE)];
      const [one, two] = await Promise.all([subtle.decapsulateBits(LATTICE, this.#lattice, first), agree(this.#curve, point)]);
      const secret = labeled(sha3_256(concat([new Uint8Array(one), two, point, this.#point, COMBINER])), "secret", NONE);
      const given = (label: string, length: number): Uint8Array =>
        expand(sha256, secret, concat([Uint8Array.of(0, length), VERSION, SUITE, utf8(label), CONTEXT]), length);
      try {
        return chacha20poly1305(given("key", 32), given("base_nonce", 12)).decrypt(body);
      } catch {
        // Another's: the next one may be ours.
      }
    }
    return null;
  }
}

async function agree(key: CryptoKey, point: Bytes): Promise<Bytes> {
  const other = await subtle.importKey("raw", point, CURVE, false, []);
  const secret = new Uint8Array(await subtle.deriveBits({ name: CURVE, public: other }, key, 256));
  if (equal(secret, new Uint8Array(32))) throw new Error("a point of small order");
  return secret;
}

/** Unpadded base64 in its one spelling. */
function unpadded(given: string): Bytes | null {
  return given.includes("=") ? null : readB64(given + "=".repeat(-given.length & 3));
}

const known = new Map<string, Promise<Native | null>>();

/** The identity by the browser; null where it lacks a part, or where this is no post-quantum identity. */
function native(secret: string): Promise<Native | null> {
  const here = known.get(secret);
  if (here) return here;
  const seed = secret === secret.toUpperCase() ? unbech32("age-secret-key-pq-", secret.toLowerCase()) : null;
  if (seed?.length !== 32) return Promise.resolve(null);
  if (known.size >= MOST) known.clear();
  const made = Native.make(seed).catch(() => null);
  known.set(secret, made);
  return made;
}

/** What a `Decrypter` takes for this identity: it throws where this is none. */
export const opener = async (secret: string): Promise<Identity | string> => (await native(secret)) ?? secret;

/** The recipient of an identity; throws where this is none. */
export async function recipientFor(secret: string): Promise<string> {
  const made = await native(secret);
  return (await made?.recipient().catch(() => null)) ?? identityToRecipient(secret);
}
