// What the API needs of the configuration and of what is kept.
import { createHmac } from "node:crypto";
import { randomToken } from "#common";
import { LinkSigner } from "#conference/recordings";
import type { Config } from "#config";
import type { Store } from "#services/store";

export const apiSettings = ({ api }: Config) => ({
  trustedProxies: api.trusted_proxies,
  origins: api.cors.origins,
  publicName: api.public_name,
  openMetrics: api.metrics_without_key,
  limits: {
    connections: api.connections.total,
    connectionsPerAddress: api.connections.per_address,
    requestsPerAddress: api.connections.per_address,
    keyRequestsPerSecond: api.rate_limit.per_key,
    addressRequestsPerSecond: api.rate_limit.per_address,
  },
});

/** Signs links to recordings and to the files of chats. */
export const openLinkSigner = async (store: Store): Promise<LinkSigner> =>
  new LinkSigner(await linkSecret(store));

/** Makes a word for the admin key with a hash. It stands in links, and nothing about the key can be tried with it. */
export async function openGenerations(store: Store): Promise<(hash: string) => string> {
  const secret = await linkSecret(store);
  return (hash) => createHmac("sha256", secret).update(`admin key ${hash}`).digest("hex").slice(0, 16);
}

/** Signs where the next page of a list begins. */
export const openPageSecret = async (store: Store): Promise<string> =>
  createHmac("sha256", await linkSecret(store))
    .update("pages")
    .digest("hex");

/** Made when it is asked for the first time, and kept. */
async function linkSecret({ settings }: Store): Promise<string> {
  const kept = await settings.get("recordings.link_secret");
  if (kept !== undefined) return kept;
  const made = randomToken(32);
  await settings.set("recordings.link_secret", made);
  return made;
}
