// What a session description says, on one line for people: media, codecs, where to, which way. Nothing is decided by it: it
// quotes lines, whatever they mean, and no key, password or fingerprint is among them.
import { formatHostPort } from "#common";

/** Of lines that are quoted; what comes from strangers is bounded. */
const maxMedia = 6;
const maxFormats = 8;
const maxWordLength = 40;

/** `audio PCMU telephone-event 192.0.2.5:4000 sendrecv; video refused`; empty for what is none. */
export function summariseSession(body: string): string {
  if (!body.startsWith("v=")) return "";
  const [session = "", ...media] = body.split(/^(?=m=)/m);
  const shown = media.slice(0, maxMedia).map((lines) => mediaLine(lines, session));
  if (media.length > maxMedia) shown.push("…");
  return shown.join("; ");
}

function mediaLine(lines: string, session: string): string {
  const [, kind = "", port = "", profile = "", formats = ""] =
    /^m=(\S+) +(\d{1,10})\S* +(\S+) *(.*?)\r?$/m.exec(lines) ?? [];
  if (port === "0" && !/^a=bundle-only/m.test(lines)) return `${word(kind)} refused`;
  const names = formats
    .split(/ +/)
    .slice(0, maxFormats)
    .map((format) => nameOf(format, lines));
  const address =
    /^c=IN IP[46] ([^\s/]+)/m.exec(lines)?.[1] ?? /^c=IN IP[46] ([^\s/]+)/m.exec(session)?.[1] ?? "?";
  const way = /^a=(sendrecv|sendonly|recvonly|inactive)/m;
  const direction = way.exec(lines)?.[1] ?? way.exec(session)?.[1] ?? "sendrecv";
  const secure = profile.includes("SAVP") ? "SRTP " : "";
  const host = formatHostPort(word(address));
  return `${word(kind)} ${secure}${[...new Set(names)].join(" ")} ${host}:${port} ${direction}`;
}

const staticNames: Readonly<Record<string, string>> = {
  "0": "PCMU",
  "8": "PCMA",
  "9": "G722",
  "13": "CN",
  "18": "G729",
};

function nameOf(format: string, lines: string): string {
  if (!/^\d{1,3}$/.test(format)) return word(format);
  return word(
    new RegExp(`^a=rtpmap:${format} +([^/\\s]+)`, "m").exec(lines)?.[1] ?? staticNames[format] ?? format,
  );
}

const word = (text: string): string => text.slice(0, maxWordLength);
