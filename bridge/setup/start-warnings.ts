// What a start goes on with but the operator should know, each in one plain sentence. Pure: what is looked at is given.
import type { Config } from "#config";
import { callHandles, callsOf, fixedHandles, type Machine, pairsOf, sharePairs } from "./machine-facts.ts";

/** `TimeoutStopSec=` of the unit, less what the end itself takes. */
const maxDrainSeconds = 300;

/** What the configuration alone shows. */
export function configWarnings(config: Config): string[] {
  return [portsWarning(config), drainWarning(config)].filter((warning) => warning !== undefined);
}

function portsWarning(config: Config): string | undefined {
  const { sip, rtp } = config;
  const pairs = pairsOf(config);
  if (sip.max_calls === 0 || pairs >= sip.max_calls) return undefined;
  return (
    `rtp.port_min ${rtp.port_min} to rtp.port_max ${rtp.port_max} are enough for ${pairs} calls, and sip.max_calls is ` +
    `${sip.max_calls}: the calls beyond are refused with 503; widen the range or lower sip.max_calls`
  );
}

function drainWarning({ node: { drain_seconds } }: Config): string | undefined {
  if (drain_seconds <= maxDrainSeconds) return undefined;
  return (
    `node.drain_seconds ${drain_seconds}: systemd ends a stop after 330 seconds, and the calls that still last then end without a BYE; ` +
    `systemctl edit parley: TimeoutStopSec=${drain_seconds + 30}`
  );
}

export function machineWarnings(config: Config, machine: Machine): string[] {
  return [nameWarning(config, machine), voiceWarning(config, machine), filesWarning(config, machine)].filter(
    (warning) => warning !== undefined,
  );
}

export function nameWarning({ api }: Config, { hostname }: Machine): string | undefined {
  if (api.tls.mode !== "self-signed" || hostname !== "localhost") return undefined;
  return (
    'this machine has no name of its own (it is called "localhost"): the certificate of the API is only good for its ' +
    "addresses; set one with hostnamectl set-hostname"
  );
}

export function voiceWarning({ prompts }: Config, { languages }: Machine): string | undefined {
  if (languages > 0) return undefined;
  return `prompts.path: there are no voices in ${prompts.path}: callers hear tones; install asterisk-core-sounds-en-g722`;
}

/** What the calls need is there: a start is refused without it. */
export function filesWarning(config: Config, machine: Machine): string | undefined {
  const { openFiles } = machine;
  if (openFiles === undefined) return undefined;
  const calls = callsOf(config);
  const apiConnections = config.api.connections.total;
  const needed =
    fixedHandles + Math.max(callHandles(calls, sharePairs(config, machine)), calls + apiConnections);
  if (openFiles >= needed) return undefined;
  return (
    `a process may have ${openFiles} files open here; ${calls} calls over TCP and ${apiConnections} connections to the API ` +
    `need ${needed}: raise the limit (LimitNOFILE= of the service, ulimit -Hn in a shell) or lower sip.max_calls`
  );
}
