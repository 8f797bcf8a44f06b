// Metrics of SIP messages, connections and datagrams, and of unknown sources.
import type { ConnectionCounters, DigestGuardCounters, EndpointMetrics } from "#sip";
import { byKey, type Meters, single } from "./meters.ts";

export interface SipSources {
  readonly sip: { readonly metrics: EndpointMetrics };
  readonly transport: { readonly counters: object; readonly connectionCounters: ConnectionCounters };
  readonly digestGuard: { readonly counters: Readonly<DigestGuardCounters>; bans(): readonly unknown[] };
  /** Accounts that a telephone is registered with. */
  readonly registrar: { readonly size: number };
}

export function measureSip(
  { gauge, counter }: Meters,
  { sip, transport, digestGuard, registrar }: SipSources,
): void {
  counter("parley_sip_requests_received_total", "SIP requests received, by method.", ["method"], () =>
    byKey("method", sip.metrics.requests),
  );
  counter("parley_sip_responses_sent_total", "SIP responses sent, by status.", ["status"], () =>
    byKey("status", sip.metrics.responses),
  );
  counter("parley_sip_requests_sent_total", "SIP requests sent, by method.", ["method"], () =>
    byKey("method", sip.metrics.requestsSent),
  );
  counter("parley_sip_responses_received_total", "SIP responses received, by status.", ["status"], () =>
    byKey("status", sip.metrics.responsesReceived),
  );
  counter(
    "parley_sip_timers_total",
    "Transaction timers fired, by the letter that RFC 3261 gives them: B, F and H are peers that did not answer.",
    ["timer"],
    () => byKey("timer", sip.metrics.timers),
  );
  counter(
    "parley_sip_repairs_total",
    "Messages and exchanges that were read although they do not follow the RFC, by kind of repair.",
    ["kind"],
    () => byKey("kind", sip.metrics.repairs),
  );
  counter("parley_sip_invites_turned_away_total", "INVITEs of sources that sent too many.", [], () =>
    single(sip.metrics.turnedAway),
  );
  counter(
    "parley_sip_invites_refused_total",
    "INVITEs answered 503 because no new call was taken, by why: draining, full, overloaded.",
    ["why"],
    () => byKey("why", sip.metrics.refused),
  );
  gauge(
    "parley_sip_connections",
    "Connections over TCP, TLS and WebSocket, by who opened them.",
    ["direction"],
    () => byKey("direction", transport.connectionCounters.open),
  );
  counter(
    "parley_sip_connections_total",
    "Connections over TCP, TLS and WebSocket, by what happened first.",
    ["event"],
    () => {
      const { accepted, opened, refused } = transport.connectionCounters;
      return byKey("event", { accepted, opened, refused });
    },
  );
  counter(
    "parley_sip_connections_closed_total",
    "Connections over TCP, TLS and WebSocket ended, by reason.",
    ["reason"],
    () => byKey("reason", transport.connectionCounters.closed),
  );
  counter("parley_sip_datagrams_total", "What the SIP transport saw, by kind.", ["kind"], () =>
    byKey("kind", transport.counters),
  );
  counter(
    "parley_sip_strangers_total",
    "Requests from unknown sources, by what became of them.",
    ["outcome"],
    () => byKey("outcome", digestGuard.counters),
  );
  gauge("parley_sip_banned_sources", "Sources that are not read now, and users of known ones.", [], () =>
    single(digestGuard.bans().length),
  );
  gauge("parley_sip_registrations", "Accounts that a telephone is registered with.", [], () =>
    single(registrar.size),
  );
}
