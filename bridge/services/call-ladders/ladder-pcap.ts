// The SIP messages of a ladder as a pcap file: each one datagram of UDP with the addresses and ports that it had, whatever
// transport it went by, so that an analyser reads it without keys. Its Content-Length is that of what is left without
// secrets.
import { addressBytes, maxPcapPayload, PcapRecords, pcapHeader } from "#common";
import type { Ladder } from "./types.ts";

export function ladderToPcap({ entries }: Ladder): Uint8Array {
  const records = new PcapRecords();
  const parts: Uint8Array[] = [pcapHeader()];
  for (const entry of entries) {
    if (entry.kind !== "sip") continue;
    const payload = payloadOf(entry.text);
    const local = addressBytes(entry.local.address);
    const remote = addressBytes(entry.remote.address);
    // A socket that is bound to every address of both families.
    const ours = {
      address: local.length === remote.length ? local : new Uint8Array(remote.length),
      port: entry.local.port,
    };
    const theirs = { address: remote, port: entry.remote.port };
    const [from, to] = entry.direction === "in" ? [theirs, ours] : [ours, theirs];
    parts.push(records.headerOf(payload, Math.round(entry.at * 1000), from, to).slice(), payload);
  }
  return Buffer.concat(parts);
}

/** The message as bytes, with the length of the body that it has. */
export function payloadOf(text: string): Uint8Array {
  const split = /\r?\n\r?\n/.exec(text);
  if (!split) return Buffer.from(text).subarray(0, maxPcapPayload);
  const body = text.slice(split.index + split[0].length);
  const length = Buffer.byteLength(body);
  const head = text
    .slice(0, split.index)
    .replace(
      /^(content-length|l)([ \t]*:[ \t]*)\d+/im,
      (_, name: string, colon: string) => `${name}${colon}${length}`,
    );
  return Buffer.from(`${head}\r\n\r\n${body}`).subarray(0, maxPcapPayload);
}
