// What a start goes on with but the operator should know, each in one plain sentence. Pure: what is looked at is given.
import type { Config } from "#config";

const pairsOf = ({ rtp }: Pick<Config, "rtp">): number => Math.floor((rtp.port_max - rtp.port_min + 1) / 2);

/** What the configuration alone shows. */
export function configWarnings(config: Config): string[] {
  const { sip, rtp } = config;
  const pairs = pairsOf(config);
  if (sip.max_calls === 0 || pairs >= sip.max_calls) return [];
  return [
    `rtp.port_min ${rtp.port_min} to rtp.port_max ${rtp.port_max} are enough for ${pairs} calls, and sip.max_calls is ` +
      `${sip.max_calls}: the calls beyond are refused with 503; widen the range or lower sip.max_calls`,
  ];
}

export interface Machine {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly hostname: string;
  /** Addresses of its interfaces, loopback left out. */
  readonly addresses: readonly string[];
  /** How many files and sockets a process may have open; undefined when it is not known or not limited. */
  readonly openFiles: number | undefined;
  /** Languages whose voices are installed. */
  readonly languages: number;
  /** Media workers. */
  readonly workers: number;
  /** The user who owns the data folder where that is not the one this process runs as. */
  readonly foreignOwner: string | undefined;
  /** The instant of the last event in the database, milliseconds since the epoch. */
  readonly lastEventAt: number | undefined;
}

/** This version did not exist before. */
const earliest = Date.UTC(2026, 10, 1);
/** Clocks of virtual machines are corrected by less. */
const backwardsMs = 3_600_000;
/** Besides two sockets a call: the database, the log, timers, the control channel, recordings. */
const fixedFiles = 200;
/** Connections to the API (`connections` in the API's limits). */
const apiConnections = 1000;

export function machineWarnings(config: Config, machine: Machine): string[] {
  return [
    clockWarning(machine),
    nameWarning(config, machine),
    addressWarning(config, machine),
    voiceWarning(config, machine),
    filesWarning(config, machine),
    ownerWarning(config, machine),
  ].filter((warning) => warning !== undefined);
}

function clockWarning({ now, lastEventAt }: Machine): string | undefined {
  const shown = new Date(now).toISOString();
  const effect = "certificates, booked times and records depend on it";
  if (now < earliest) return `the clock of this machine is wrong (it says ${shown}): set it; ${effect}`;
  if (lastEventAt !== undefined && now < lastEventAt - backwardsMs) {
    const last = new Date(lastEventAt).toISOString();
    return `the clock of this machine went back: it says ${shown}, and the last event was at ${last}; ${effect}`;
  }
  return undefined;
}

function nameWarning({ api }: Config, { hostname }: Machine): string | undefined {
  if (api.tls.mode !== "self-signed" || !["", "(none)", "localhost"].includes(hostname)) return undefined;
  return (
    `this machine has no name of its own (it is called "${hostname}"): the certificate of the API is only good for its ` +
    "addresses; set one with hostnamectl set-hostname"
  );
}

function addressWarning({ sip, api }: Config, { addresses }: Machine): string | undefined {
  const hasIpv4 = addresses.some((address) => !address.includes(":"));
  const hasIpv6 = addresses.some((address) => address.includes(":") && !address.startsWith("fe80:"));
  if (hasIpv4 || !hasIpv6) return undefined;
  const deaf = Object.entries({ sip, api })
    .filter(([, section]) => !section.listen_address.includes(":"))
    .map(([name]) => `${name}.listen_address`);
  if (deaf.length === 0) return undefined;
  return `this machine has only IPv6 addresses, and Parley listens for IPv4 alone: set ${deaf.join(" and ")} to "::"`;
}

function voiceWarning({ prompts }: Config, { languages }: Machine): string | undefined {
  if (languages > 0) return undefined;
  return `prompts.path: there are no voices in ${prompts.path}: callers hear tones; install asterisk-core-sounds-en-g722`;
}

function filesWarning(config: Config, { openFiles, workers }: Machine): string | undefined {
  if (openFiles === undefined) return undefined;
  const pairs = pairsOf(config);
  const calls = Math.min(config.sip.max_calls || pairs, pairs);
  const worker = 2 * Math.min(calls, Math.ceil(pairs / workers));
  const needed = fixedFiles + Math.max(worker, calls + apiConnections);
  if (openFiles >= needed) return undefined;
  return (
    `a process may have ${openFiles} files open here, and ${calls} calls (sip.max_calls, rtp.port_min to rtp.port_max) ` +
    `need ${needed}: raise the limit (LimitNOFILE= of the service, ulimit -Hn in a shell) or lower sip.max_calls`
  );
}

function ownerWarning({ data_dir }: Config, { foreignOwner }: Machine): string | undefined {
  if (foreignOwner === undefined) return undefined;
  return (
    `data_dir: ${data_dir} belongs to ${foreignOwner}, and Parley runs as root: what it makes there now, that user ` +
    "cannot read later; start it as that user"
  );
}
