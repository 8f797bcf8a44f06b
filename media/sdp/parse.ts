// Reads a session description (RFC 8866 §5, §9). Bounded in size, lines and media; a line that is needed and
// wrong is named by its number, lines of no use to us are passed over. Tolerates what phones really send:
// bare LF, a missing `s=` or `t=`, blank lines at the end. Never interprets codecs: that is audio-stream.ts.
import { fail, ok, type Result } from "#common";
import type { Attribute, MediaDescription, SdpProblem, SessionDescription } from "./description.ts";

export const sdpLimits = { bytes: 65_536, lines: 1000, lineLength: 4096, media: 32, formats: 64 } as const;

interface OpenMedia {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  connection: string | undefined;
  attributes: Attribute[];
}

/** Thrown inside this file only, so that a reader of one line need not carry a Result. */
class LineError extends Error {}

export function parseSdp(text: string): Result<SessionDescription, SdpProblem> {
  if (text.length > sdpLimits.bytes) return bad(`longer than ${sdpLimits.bytes} characters`);
  const lines = text.split("\n", sdpLimits.lines + 1);
  if (lines.length > sdpLimits.lines) return bad(`more than ${sdpLimits.lines} lines`);
  let number = 0;
  try {
    const reader = new Reader();
    for (const line of lines) {
      number += 1;
      reader.take(line.endsWith("\r") ? line.slice(0, -1) : line, number);
    }
    return ok(reader.finish());
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return bad(`line ${number}: ${error.message}`);
  }
}

const bad = (message: string) => fail({ code: "BAD_SDP" as const, message: `the SDP is broken: ${message}` });

class Reader {
  #origin: SessionDescription["origin"] | undefined;
  #connection: string | undefined;
  #timing: string | undefined;
  #ended = false;
  readonly #attributes: Attribute[] = [];
  readonly #media: OpenMedia[] = [];

  take(line: string, number: number): void {
    if (line === "") {
      this.#ended = true;
      return;
    }
    if (this.#ended) throw new LineError("text after a blank line");
    if (line.length > sdpLimits.lineLength) throw new LineError(`longer than ${sdpLimits.lineLength}`);
    if (line[1] !== "=" || !/^[a-z]$/.test(line[0] ?? "")) throw new LineError(`not "x=…": ${quote(line)}`);
    if (hasControlCharacter(line)) throw new LineError("a control character");
    const value = line.slice(2);
    if (number === 1) {
      if (line !== "v=0") throw new LineError(`"v=0" is expected, not ${quote(line)}`);
      return;
    }
    switch (line[0]) {
      case "o":
        this.#origin ??= parseOrigin(value);
        return;
      case "c":
        this.#takeConnection(parseConnection(value));
        return;
      case "t":
        if (/^\d{1,20} \d{1,20}$/.test(value)) this.#timing ??= value;
        return;
      case "a":
        (this.#media.at(-1)?.attributes ?? this.#attributes).push(parseAttribute(value));
        return;
      case "m":
        if (this.#media.length >= sdpLimits.media) throw new LineError(`more than ${sdpLimits.media} media`);
        this.#media.push(parseMedia(value));
        return;
      default:
    }
  }

  finish(): SessionDescription {
    if (!this.#origin) throw new LineError("the end was reached without an o= line");
    return {
      origin: this.#origin,
      connection: this.#connection,
      timing: this.#timing ?? "0 0",
      attributes: this.#attributes,
      media: this.#media satisfies MediaDescription[],
    };
  }

  #takeConnection(address: string): void {
    const media = this.#media.at(-1);
    if (media) media.connection ??= address;
    else this.#connection ??= address;
  }
}

function parseOrigin(value: string): SessionDescription["origin"] {
  const fields = value.split(" ").filter(Boolean);
  const [, sessionId, version, network, , address] = fields;
  if (fields.length < 6 || sessionId === undefined || version === undefined || address === undefined) {
    throw new LineError(`o= needs six fields: ${quote(value)}`);
  }
  if (network !== "IN") throw new LineError(`o= is not of the Internet: ${quote(value)}`);
  return { sessionId, version: Number.parseInt(version, 10) || 0, address };
}

/** `IN IP4 address[/ttl[/count]]` → address. */
function parseConnection(value: string): string {
  const [network, family, address] = value.split(" ").filter(Boolean);
  if (network !== "IN" || (family !== "IP4" && family !== "IP6") || !address) {
    throw new LineError(`c= needs "IN IP4 address": ${quote(value)}`);
  }
  return address.split("/", 1)[0] ?? "";
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  if (colon < 0) return { name: value.trim().toLowerCase(), value: undefined };
  return { name: value.slice(0, colon).trim().toLowerCase(), value: value.slice(colon + 1).trim() };
}

/** `audio 49170[/2] RTP/AVP 0 8 101` */
function parseMedia(value: string): OpenMedia {
  const [kind, ports, protocol, ...formats] = value.split(" ").filter(Boolean);
  if (!kind || !ports || !protocol) throw new LineError(`m= needs media, port and protocol: ${quote(value)}`);
  const digits = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(ports)?.[1];
  const port = digits === undefined ? Number.NaN : Number(digits);
  if (!(port <= 65_535)) throw new LineError(`m= has no valid port: ${quote(value)}`);
  if (formats.length === 0) throw new LineError(`m= has no format: ${quote(value)}`);
  if (formats.length > sdpLimits.formats)
    throw new LineError(`m= has more than ${sdpLimits.formats} formats`);
  return { kind: kind.toLowerCase(), port, protocol, formats, connection: undefined, attributes: [] };
}

function hasControlCharacter(line: string): boolean {
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
