// The reasons for refusing a start, each as one sentence: the machine lacks something that the configuration needs. Pure: the
// facts are given. Faults that only cause a warning are in start-warnings.ts.
import { type Config, defaultPromptsPath, listenAddresses } from "#config";
import { callHandles, callsOf, fixedHandles, type Machine, sharePairs } from "./machine-facts.ts";

export interface StartRefusal {
  readonly sentence: string;
  /** The fault of a machine that is still booting, for which waiting helps; undefined where there is none. */
  readonly passing: "clock" | "addresses" | undefined;
}

/** Parley did not exist before. */
const earliest = Date.UTC(2026, 0, 1);
/** Clocks of virtual machines are corrected by less. */
const backwardsMs = 3_600_000;

/** Undefined where the machine can do what the configuration says. */
export function refusalOf(config: Config, machine: Machine): StartRefusal | undefined {
  const lasting =
    ownerFault(config, machine) ??
    handleFault(config, machine) ??
    promptFault(config, machine) ??
    nameFault(config, machine);
  if (lasting !== undefined) return { sentence: lasting, passing: undefined };
  const clock = clockFault(config, machine);
  if (clock !== undefined) return { sentence: clock, passing: "clock" };
  const addresses = addressFault(config, machine);
  return addresses === undefined ? undefined : { sentence: addresses, passing: "addresses" };
}

export function clockFault({ events }: Config, { now, lastEventAt }: Machine): string | undefined {
  const shown = new Date(now).toISOString();
  if (now < earliest) {
    return `the clock of this machine is wrong, it says ${shown}: set it (certificates, booked times and records depend on it)`;
  }
  if (events.allow_future || lastEventAt === undefined || now >= lastEventAt - backwardsMs) return undefined;
  return (
    `the clock of this machine went back: it says ${shown}, and the last event in data_dir was at ` +
    `${new Date(lastEventAt).toISOString()}; set it, or where it is right now and was ahead then, start once with ` +
    "events.allow_future: true"
  );
}

/** Only a wildcard is refused: an address that is named is meant. */
export function addressFault({ sip, api }: Config, { addresses }: Machine): string | undefined {
  const hasIpv4 = addresses.some((address) => !address.includes(":"));
  const hasIpv6 = addresses.some((address) => address.includes(":") && !address.startsWith("fe80:"));
  if (hasIpv4 || !hasIpv6) return undefined;
  const deaf = Object.entries({ sip, api })
    .filter(([section, { listen_address: text }]) => {
      const listening = listenAddresses(`${section}.listen_address`, text);
      return listening.includes("0.0.0.0") && !listening.some((address) => address.includes(":"));
    })
    .map(([section]) => `${section}.listen_address`);
  if (deaf.length === 0) return undefined;
  return `this machine has only IPv6 addresses, and Parley would listen for IPv4 alone: set ${deaf.join(" and ")} to "::"`;
}

export function ownerFault({ data_dir }: Config, { foreignOwner }: Machine): string | undefined {
  if (foreignOwner === undefined) return undefined;
  return (
    `data_dir: ${data_dir} belongs to user id ${foreignOwner}, and Parley runs as root: that user could not read what it ` +
    "makes there; start it as that user, or give the folder to root"
  );
}

export function handleFault(config: Config, machine: Machine): string | undefined {
  const { openFiles } = machine;
  if (openFiles === undefined) return undefined;
  const calls = callsOf(config);
  const needed = fixedHandles + callHandles(calls, sharePairs(config, machine));
  if (openFiles >= needed) return undefined;
  const fitting = Math.floor((openFiles - fixedHandles) / 2);
  const lower = fitting > 0 ? `, or set sip.max_calls to ${fitting}` : "";
  return (
    `a process may have ${openFiles} files open here, and ${calls} calls (sip.max_calls, rtp.port_min to rtp.port_max) ` +
    `need ${needed}: raise the limit (LimitNOFILE= of the service, ulimit -Hn in a shell)${lower}`
  );
}

export function promptFault({ prompts }: Config, { promptsFault }: Machine): string | undefined {
  // The voices of the distribution are a default that was not asked for: without them tones take their place.
  if (promptsFault === undefined || prompts.path === defaultPromptsPath) return undefined;
  return `prompts.path: ${prompts.path} ${promptsFault}; name the folder with the voices, or leave the key out`;
}

/** What the kernel says of a machine that was never given a name; `localhost` is one. */
const noName: readonly string[] = ["", "(none)"];

export function nameFault({ api }: Config, { hostname }: Machine): string | undefined {
  if (api.tls.mode !== "self-signed" || !noName.includes(hostname)) return undefined;
  return (
    "this machine has no name, and the certificate of the API is made for it: set one with hostnamectl set-hostname, or " +
    "give a certificate with api.tls.mode: files"
  );
}
