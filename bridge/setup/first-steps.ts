// What a person reads who has just started Parley at a terminal: where to dial, where the API is, where its key is, and
// what is not set up yet. Pure.
import { isIPv6 } from "node:net";
import { formatHostPort } from "#common";
import { type Config, listenAddresses } from "#config";

export interface FirstSteps {
  readonly version: string;
  readonly config: Config;
  /** Of this machine, as others reach it; the first is shown. */
  readonly addresses: readonly string[];
  readonly rooms: readonly { readonly extensionNumber: string; readonly subject: string }[];
  /** How many there are. */
  readonly roomCount: number;
  readonly certificate: string | undefined;
  /** It was made at this start and stands above. */
  readonly keyIsNew: boolean;
  readonly warnings: readonly string[];
}

export function describeFirstSteps(steps: FirstSteps): string {
  const { version, config, warnings } = steps;
  const lines: (readonly [name: string, text: string])[] = [
    ...dialLines(steps).map((text, index) => [index === 0 ? "dial" : "", text] as const),
    ["API", apiAddress(steps)],
    ["described at", `${apiAddress(steps)}/docs`],
    ["admin key", keyPlace(steps)],
    ...certificateLines(steps),
    ...missing(config).map((text, index) => [index === 0 ? "not set up" : "", text] as const),
    ...warnings.map((text) => ["warning", text] as const),
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const body = lines.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return ["", `Parley ${version} is ready. Ctrl-C stops it.`, "", ...body, "", ""].join("\n");
}

function dialLines({ config, rooms, roomCount, addresses }: FirstSteps): string[] {
  const [listen = ""] = listenAddresses("sip.listen_address", config.sip.listen_address);
  const host = hostOf(listen, addresses);
  const { port } = config.sip;
  const at = port === 5060 ? host : `${host}:${port}`;
  const { lobby_extension: lobby } = config.rooms;
  const shown = [
    ...rooms.map(({ extensionNumber, subject }) => `sip:${extensionNumber}@${at}   ${subject}`),
    ...(lobby === "" ? [] : [`sip:${lobby}@${at}   asks for the number of a room`]),
  ];
  const more = roomCount - rooms.length;
  if (more > 0) shown.push(`and ${more} more: parley rooms`);
  if (shown.length > 0) return shown;
  return [
    `sip:NUMBER@${at}, once there is a room: POST /api/conference_rooms makes one (README.md has the command)`,
  ];
}

function apiAddress({ config, addresses }: FirstSteps): string {
  const { listen_address: listen, port, tls } = config.api;
  return `${tls.mode === "off" ? "http" : "https"}://${hostOf(listen, addresses)}:${port}`;
}

/** The address to type: ours when we listen on all of them. */
function hostOf(listen: string, addresses: readonly string[]): string {
  const ofFamily = (address: string) => listen === "::" || !isIPv6(address);
  const isWildcard = listen === "0.0.0.0" || listen === "::";
  const address = isWildcard ? (addresses.find(ofFamily) ?? "127.0.0.1") : listen;
  return formatHostPort(address);
}

function keyPlace({ config: { api }, keyIsNew }: FirstSteps): string {
  if (api.admin_key !== "") return "api.admin_key of the configuration";
  const shown = keyIsNew ? "shown above, this once" : "shown once, at the first start";
  return `${shown}; another one: parley key new (in a checkout: bin/parley key new)`;
}

function certificateLines({ certificate }: FirstSteps): (readonly [string, string])[] {
  return certificate === undefined ? [] : [["certificate", `self-signed: ${certificate} (curl --cacert)`]];
}

function missing(config: Config): string[] {
  const missing: string[] = [];
  if (config.trunks.length === 0) {
    missing.push(
      "trunks: calls from a PBX or carrier outside sip.trusted_networks are not answered (docs/connect.md)",
    );
  }
  if (config.node.public_ipv4 === "" && config.node.public_ipv6 === "") {
    missing.push("node.public_ipv4: behind NAT callers from outside would hear nothing (docs/network.md)");
  }
  return missing;
}
