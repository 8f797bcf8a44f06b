// What the API needs of the configuration and of what is kept.

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

/** Signs links to recordings; its secret is made at the first start and kept. */
export async function openLinkSigner({ settings }: Store): Promise<LinkSigner> {
  const kept = await settings.get("recordings.link_secret");
  if (kept !== undefined) return new LinkSigner(kept);
  const made = randomToken(32);
  await settings.set("recordings.link_secret", made);
  return new LinkSigner(made);
}
