// The key `trunks` in the words of the domain.

import type { Config } from "#config";
import type { TrunkSettings } from "#services/trunks";

/** The configuration has been checked: every trunk has a host. */
export function trunkSettings({ trunks }: Config): TrunkSettings[] {
  return trunks.map((trunk) => ({
    name: trunk.name,
    kind: trunk.kind,
    hosts: trunk.hosts as [string, ...string[]],
    networks: trunk.networks,
    username: trunk.username,
    password: trunk.password,
    authUsername: trunk.auth_username,
    realm: trunk.realm,
    domain: trunk.domain,
    tls: {
      verify: trunk.tls_verify,
      names: trunk.tls_names,
      ca: trunk.tls_ca,
      certificate: trunk.tls_certificate,
      key: trunk.tls_key,
      requireCertificate: trunk.tls_require_certificate,
    },
    fromUser: trunk.from_user,
    registrationSeconds: trunk.expires,
    keepaliveSeconds: trunk.keepalive_seconds,
    extension: trunk.extension,
    codecs: trunk.codecs,
    srtp: trunk.srtp,
    dialOut: {
      allow: trunk.dial_allow,
      deny: trunk.dial_deny,
      prefixes: trunk.dial_prefixes,
      byHosts: trunk.dial_by_hosts,
      callerId: trunk.caller_id,
      callerIdHeader: trunk.caller_id_header,
      confirm: trunk.dial_confirm,
      ringSeconds: trunk.dial_ring_seconds,
      retries: trunk.dial_retries,
      retrySeconds: trunk.dial_retry_seconds,
      perHour: trunk.dial_per_hour,
      dailyMinutes: trunk.dial_daily_minutes,
    },
  }));
}
