// A ladder as text for a terminal: one line an entry, an arrow for each message between the far ends and the bridge, and what
// happened to the media between them. Pure.
import { formatHostPort } from "#common";
import type { Ladder, LadderEnd, LadderEntry, LadderMessage, LadderOccurrence } from "./types.ts";

/** Between the two lifelines. */
const width = 58;
const timeWidth = 12;

const words: Readonly<Record<LadderOccurrence["what"], string>> = {
  answered: "answered",
  joined: "joined",
  first_packet: "first packet",
  codec: "codec",
  encrypted: "encrypted",
  held: "on hold",
  resumed: "off hold",
  silent: "no audio comes",
  heard: "audio comes again",
  keys: "keys pressed",
  media_failed: "media failed",
  media_moved: "media on other ports",
  media_lost: "media worker lost",
  finding: "found",
  ended: "ended",
};

/** Lines end with `\n`. What comes from strangers is shown without control characters. */
export function drawLadder({ entries, left, callIds, ended }: Ladder): string {
  const began = entries[0]?.at ?? 0;
  const ends = farEnds(entries);
  const state = ended ? "over" : "lasts";
  const head = [
    `# Call-ID ${callIds.join(", ") || "unknown"}; ${state}; began ${new Date(began).toISOString()}`,
    ...(left > 0 ? [`# ${left} entries in the middle were left out`] : []),
    ...ends.map((end, index) => `# far end ${index + 1}: ${end}`),
    "",
    `${"".padEnd(timeWidth)} far end${"".padEnd(width - 6)}bridge`,
  ];
  const lines = entries.flatMap((entry) =>
    entry.kind === "sip" ? arrow(entry, { began, ends }) : note(entry, began),
  );
  return [...head, ...lines].map(printable).join("\n").concat("\n");
}

function arrow(
  { at, direction, title, cseq, media, protocol, remote }: LadderMessage,
  { began, ends }: { readonly began: number; readonly ends: readonly string[] },
): string[] {
  const method = /^\d/.test(title) ? ` (${cseq.replace(/^\d+ /, "")})` : "";
  const end = ends.length > 1 ? ` [${ends.indexOf(endOf(remote, protocol)) + 1}]` : "";
  const label = ` ${shorten(`${title}${method}`, width - 12)}${end} `;
  const dashes = "-".repeat(Math.max(1, width - label.length));
  const line = direction === "in" ? `-${label}${dashes}>` : `<${label}${dashes}-`;
  return [
    `${timeOf(at, began)} |${line}|`,
    ...(media === "" ? [] : [`${"".padEnd(timeWidth)} |   ${shorten(media, 3 * width)}`]),
  ];
}

function note({ at, what, detail, count }: LadderOccurrence, began: number): string {
  const times = count > 1 ? ` ×${count}` : "";
  return `${timeOf(at, began)} |   * ${words[what]}${times}${detail === "" ? "" : `: ${detail}`}`;
}

const timeOf = (at: number, began: number): string =>
  `+${((at - began) / 1000).toFixed(3)} s`.padStart(timeWidth);

const endOf = ({ address, port }: LadderEnd, protocol: string): string =>
  `${protocol} ${formatHostPort(address, port)}`;

const farEnds = (entries: readonly LadderEntry[]): string[] => [
  ...new Set(entries.flatMap((entry) => (entry.kind === "sip" ? [endOf(entry.remote, entry.protocol)] : []))),
];

const shorten = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`);
