// Checks of address translation: how peers, STUN and TURN servers see this machine, and whether those servers answer. Pure.
import { isIP } from "node:net";
import { isTranslatedAddress } from "#common";
import type { Facts, Finding, IceServerFact } from "./types.ts";

/** What is wrong with many is said of some. */
const maxNamed = 4;

export function natCheck({ running, observed, iceServers }: Facts): Finding {
  const check = "nat";
  const outside = iceServers.filter(isOutside);
  if (!running && outside.length === 0)
    return { check, verdict: "skip", detail: "known while Parley runs: from what its peers answer" };
  const wrong = observed.find(({ seen, told }) => seen.address !== told.address);
  if (wrong) {
    const { peer, seen, told } = wrong;
    const detail = `${peer} sees this machine as ${seen.address}, and is told ${told.address}: its media may not arrive`;
    return { check, verdict: "fail", detail, remedy: publicAddressRemedy(seen.address) };
  }
  const other = outside.find(({ seen, told }) => seen.address !== told);
  if (other) {
    const { url, seen, told } = other;
    const detail = `${url} sees this machine as ${seen.address}, and peers there are told ${told}: their media may not arrive`;
    return { check, verdict: "fail", detail, remedy: publicAddressRemedy(seen.address) };
  }
  const moved = observed.find(({ seen, told }) => seen.port !== told.port);
  if (moved) {
    const { peer, seen, told } = moved;
    return {
      ...{ check, verdict: "warn" },
      detail: `${peer} sees requests from port ${seen.port}, and Parley sends them from ${told.port}: a translator is in between`,
      remedy: "switch SIP ALG off there, and forward the port unchanged",
    };
  }
  const views = [...observed.map(({ peer }) => peer), ...outside.map(({ url }) => url)];
  if (views.length === 0)
    return { check, verdict: "skip", detail: "no peer has said yet how it sees this machine" };
  return {
    check,
    verdict: "pass",
    detail: `seen under the address that peers are told: by ${some(views, ", ")}`,
  };
}

const publicAddressRemedy = (address: string): string => {
  const key = address.includes(":") ? "node.public_ipv6" : "node.public_ipv4";
  return `set ${key}: ${address}, and forward the ports of SIP and media there`;
};

type MappedFact = Extract<IceServerFact, { readonly outcome: "mapped" }>;

/**
 * Whether it sees this machine as the outside does. One that sees an address which is translated itself is on the way there; a
 * translator between IPv4 and IPv6 says nothing of what we tell.
 */
const isOutside = (fact: IceServerFact): fact is MappedFact =>
  fact.outcome === "mapped" &&
  !isTranslatedAddress(fact.seen.address) &&
  isIP(fact.seen.address) === isIP(fact.told);

export function iceServersCheck({ iceServers }: Facts): Finding {
  const check = "ice-servers";
  const having = <Outcome extends IceServerFact["outcome"]>(outcome: Outcome) =>
    iceServers.filter(
      (fact): fact is Extract<IceServerFact, { readonly outcome: Outcome }> => fact.outcome === outcome,
    );
  const nothing = "no STUN or TURN server is configured (webrtc.ice_servers)";
  if (iceServers.length === 0) return { check, verdict: "skip", detail: nothing };
  const malformed = having("malformed").map(({ url }) => url);
  if (malformed.length > 0) {
    return {
      ...{ check, verdict: "fail", detail: `not as browsers take it: ${some(malformed, ", ")}` },
      remedy: "write stun:HOST:PORT, turn:HOST:PORT?transport=udp (or tcp) or turns:HOST:PORT",
    };
  }
  const silent = having("unanswered").map(({ url, problem }) => `${url}: ${problem}`);
  if (silent.length > 0) {
    return {
      ...{ check, verdict: "fail", detail: some(silent, "; ") },
      remedy:
        "look at its name and port, whether it runs, and at firewalls; coturn answers no Binding request with no-stun",
    };
  }
  const refusing = having("refused").map(({ url, code }) => `${url} refuses a Binding request with ${code}`);
  if (refusing.length > 0) {
    return {
      ...{ check, verdict: "warn", detail: some(refusing, "; ") },
      remedy: "it is there; whether browsers may use it, the log of that server says",
    };
  }
  const mapped = having("mapped");
  const distrusted = mapped.filter(({ certificateFault }) => certificateFault !== undefined);
  if (distrusted.length > 0) {
    const named = distrusted.map(({ url, certificateFault }) => `${url} (${certificateFault})`);
    return {
      ...{ check, verdict: "warn", detail: `a certificate is not accepted here: ${some(named, ", ")}` },
      remedy:
        "renew it, or name the server as it does; browsers may know an authority that this machine does not",
    };
  }
  const views = [
    ...mapped.map(({ url, seen }) => `${url} sees this machine as ${seen.address}`),
    ...having("unasked").map(({ url }) => `${url} is not asked: TURN over DTLS`),
  ];
  return { check, verdict: mapped.length > 0 ? "pass" : "skip", detail: some(views, "; ") };
}

function some(named: readonly string[], between: string): string {
  const more = named.length - maxNamed;
  return [...named.slice(0, maxNamed), ...(more > 0 ? [`and ${more} more`] : [])].join(between);
}
