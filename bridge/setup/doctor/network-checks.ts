// Checks of ports, addresses, trunks and the certificate. Pure.
import type { Config } from "#config";
import { addressFault } from "../start-refusals.ts";
import type { Facts, Finding } from "./types.ts";

const dayMs = 86_400_000;
/** Certificates of public authorities are renewed a month before their end. */
const renewDays = 14;

export function portsCheck({ running, ports }: Facts): Finding {
  const check = "ports";
  const taken = ports.find(({ problem }) => problem !== undefined);
  if (taken) {
    const by = taken.holder === undefined ? "" : `: ${taken.holder}`;
    return {
      ...{ check, verdict: "fail", detail: `${taken.what} ${taken.problem}${by}` },
      remedy: `end that program, or set ${taken.key}`,
    };
  }
  const what = ports.map((port) => port.what).join(", ");
  return { check, verdict: "pass", detail: running ? `Parley listens on ${what}` : `free: ${what}` };
}

export function mediaPortsCheck({ rtp }: Config, { ephemeralPorts }: Facts): Finding {
  const check = "media-ports";
  const range = `${rtp.port_min} to ${rtp.port_max}`;
  const [first, last] = ephemeralPorts ?? [0, 0];
  if (ephemeralPorts === undefined || rtp.port_max < first || rtp.port_min > last) {
    return { check, verdict: "pass", detail: `UDP ports ${range} are for media` };
  }
  return {
    ...{ check, verdict: "warn" },
    detail: `UDP ports ${range} are for media, and the kernel gives other programs ports from ${first} to ${last}`,
    remedy: "set rtp.port_min and rtp.port_max outside of that range, or net.ipv4.ip_local_port_range",
  };
}

export function addressesCheck(config: Config, { machine }: Facts): Finding {
  const check = "addresses";
  const fault = addressFault(config, machine);
  if (fault !== undefined) return { check, verdict: "fail", detail: fault };
  const { addresses } = machine;
  if (addresses.length === 0) {
    return {
      ...{ check, verdict: "warn", detail: "this machine has no address that others could reach" },
      remedy: "look at its network: ip address",
    };
  }
  const { public_ipv4, public_ipv6 } = config.node;
  const told = [public_ipv4, public_ipv6].filter((address) => address !== "");
  const outside = told.length === 0 ? "the same are told to all peers" : `outside it is ${told.join(", ")}`;
  return { check, verdict: "pass", detail: `this machine has ${addresses.join(", ")}; ${outside}` };
}

export function trunksCheck({ trunks: configured }: Config, { running, trunks }: Facts): Finding {
  const check = "trunks";
  if (configured.length === 0) return { check, verdict: "pass", detail: "there are no trunks" };
  if (!running) return { check, verdict: "skip", detail: "known while Parley runs" };
  const told = (some: Facts["trunks"]) => some.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
  const down = trunks.filter(({ status }) => status === "down");
  if (down.length > 0) {
    return {
      ...{ check, verdict: "fail", detail: `down: ${told(down)}` },
      remedy: "docs/connect/carrier.md says what to look at first; parley trace shows the messages",
    };
  }
  const connecting = trunks.filter(({ status }) => status === "connecting");
  if (connecting.length > 0) return { check, verdict: "warn", detail: `not up yet: ${told(connecting)}` };
  return { check, verdict: "pass", detail: told(trunks) };
}

export function certificateCheck({ certificate, machine: { now } }: Facts): Finding {
  const check = "certificate";
  if (certificate === undefined) return { check, verdict: "skip", detail: "none is in use yet" };
  const { where, problem, notAfter = 0, names, issuer } = certificate;
  if (problem !== undefined) {
    return {
      ...{ check, verdict: "fail", detail: `${where}: ${problem}` },
      remedy: "docs/certificates.md says what the files must hold",
    };
  }
  const days = Math.floor((notAfter - now) / dayMs);
  const until = `until ${new Date(notAfter).toISOString().slice(0, 10)}`;
  if (days < renewDays) {
    const renewed = issuer === "itself" ? "start Parley again: it makes a new one" : "renew it";
    const when = days < 0 ? "has expired" : `ends in ${days} days`;
    return { check, verdict: days < 0 ? "fail" : "warn", detail: `${where} ${when}`, remedy: renewed };
  }
  if (issuer === "unknown") {
    return {
      ...{
        check,
        verdict: "warn",
        detail: `${where} is good ${until}, and its chain ends at no certificate authority that this machine knows`,
      },
      remedy:
        "put the intermediate certificates behind it in the same file, unless the authority is your own",
    };
  }
  const own = issuer === "itself" ? ", self-signed: browsers warn of it" : "";
  return { check, verdict: "pass", detail: `${where} is good ${until} for ${names}${own}` };
}
