// The admin key: made once, shown once, kept only as its SHA-256. A plain hash is enough because the key is 256
// random bits, and it lets every request be checked at once; a slow hash protects only what can be guessed.
import { createHash } from "node:crypto";
import { equalInConstantTime, randomToken } from "#common";
import type { SettingsRepository } from "./settings-repository.ts";

const setting = "admin_key_hash";

export interface AdminKey {
  /** Makes the key when there is none and returns it, this one time; undefined when there already is one. */
  ensure(): Promise<string | undefined>;
  /** Makes a key and returns it; an earlier one stops working. */
  renew(): Promise<string>;
  /** What is kept of the key; undefined while there is none. */
  hash(): Promise<string | undefined>;
  /** False while there is no key. Takes the same time for every wrong key. */
  verify(candidate: string): Promise<boolean>;
}

export function createAdminKey(settings: SettingsRepository): AdminKey {
  const hash = () => settings.get(setting);

  async function renew(): Promise<string> {
    const key = randomToken(32);
    await settings.set(setting, hashSecret(key));
    return key;
  }

  return {
    renew,
    hash,

    async ensure() {
      return (await hash()) === undefined ? renew() : undefined;
    },

    async verify(candidate) {
      const kept = await hash();
      return kept !== undefined && matchesHash(candidate, kept);
    },
  };
}

/** SHA-256 in hexadecimal. Only for secrets that cannot be guessed. */
export const hashSecret = (secret: string): string => digest(secret).toString("hex");

/** In constant time. */
export function matchesHash(candidate: string, hash: string): boolean {
  const expected = Buffer.from(hash, "hex");
  const actual = digest(candidate);
  return equalInConstantTime(expected, actual);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
