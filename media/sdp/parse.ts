// Reads a session description (RFC 8866 §5, §9). Bounded in size, lines and media. A fault in a line that is not needed
// never makes the audio fail: such a line is passed over or put right, and counted; a fault in the lines of one stream
// is kept with that stream. Tolerates what phones really send: line ends of any kind, blank and indented lines, a missing
// `v=`, a missing or broken `o=`, no `s=` or `t=`, tabs and commas between words, addresses in the spelling of a URI. Never
// interprets codecs: that is rtp-stream.ts.
import { isIP } from "node:net";
import { fail, ok, type Result } from "#common";
import type { Attribute, MediaDescription, SdpProblem, SessionDescription } from "./description.ts";

export const sdpLimits = {
  bytes: 65_536,
  lines: 1000,
  lineLength: 4096,
  media: 32,
  formats: 64,
  /** Of a `c=` line: the longest host name. */
  address: 253,
  /** Lines that are wrong; a text with more of them is no description. */
  mended: 50,
} as const;

interface OpenMedia {
  kind: string;
  port: number;
  protocol: string;
  formats: string[];
  connection: string | undefined;
  bandwidth?: string[];
  problem?: SdpProblem;
  attributes: Attribute[];
}

/** Thrown inside this file only, so that a reader of one line need not carry a Result. */
class LineError extends Error {}

export function parseSdp(text: string): Result<SessionDescription, SdpProblem> {
  if (text.length > sdpLimits.bytes) return bad(`longer than ${sdpLimits.bytes} characters`);
  const lines = text.split(lineEnd, sdpLimits.lines + 1);
  if (lines.length > sdpLimits.lines) return bad(`more than ${sdpLimits.lines} lines`);
  let number = 0;
  try {
    const reader = new Reader(strayReturn.test(text) ? 1 : 0);
    for (const line of lines) {
      number += 1;
      reader.take(line, number);
    }
    return ok(reader.finish());
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    return bad(`line ${number}: ${error.message}`);
  }
}

/** A return alone ends a line too, and one too many adds none: programs in between change line ends. */
const lineEnd = /\r?\r?\n|\r/;
const strayReturn = /\r(?!\n)/;
const space = /[ \t]+/;
/** `m =audio`: no line has one there. */
const spaceBeforeEquals = /^[ \t]*([a-z])[ \t]+=/i;

const broken = (message: string): SdpProblem => ({
  code: "BAD_SDP",
  message: `the SDP is broken: ${message}`,
});

const bad = (message: string) => fail(broken(message));

/** Stands for an origin that is missing or cannot be read: nothing depends on it. */
const noOrigin: SessionDescription["origin"] = { sessionId: "0", version: 0, address: "0.0.0.0" };

class Reader {
  #begun = false;
  #origin: SessionDescription["origin"] | undefined;
  #connection: string | undefined;
  #connectionProblem: SdpProblem | undefined;
  #timing: string | undefined;
  #blanks = 0;
  #mended: number;
  readonly #attributes: Attribute[] = [];
  readonly #bandwidth: string[] = [];
  readonly #media: OpenMedia[] = [];

  constructor(mended: number) {
    this.#mended = mended;
  }

  take(written: string, number: number): void {
    if (written.length > sdpLimits.lineLength) {
      // Of what is read only streams are indispensable, and no line of theirs is as long.
      if (!/^\s*[a-z]=/i.test(written) || /^\s*[mv]/i.test(written))
        throw new LineError(`longer than ${sdpLimits.lineLength}`);
      this.#mend();
      return;
    }
    const line = withoutPadding(written).replace(spaceBeforeEquals, "$1=");
    if (written.includes("\0") || spaceBeforeEquals.test(written)) this.#mend();
    if (line === "") {
      this.#blanks += 1;
      return;
    }
    if (/^[ \t]/.test(written)) this.#mend();
    // Blank lines at the end are no fault worth a word; what follows one makes it a fault.
    if (this.#blanks > 0) this.#mend(this.#blanks);
    this.#blanks = 0;
    if (!this.#begun) {
      this.#begin(line);
      if (/^v/i.test(line)) return;
    }
    this.#read(line, number);
  }

  /** The version says nothing that the other lines would not: it may be missing, another one may not. */
  #begin(line: string): void {
    const isVersion = /^v=/i.test(line);
    const known = isVersion ? /^v=[ \t]*0?$/i.test(line) : /^[a-z]=/i.test(line);
    if (!known) throw new LineError(`"v=0" is expected, not ${quote(line)}`);
    if (line !== "v=0") this.#mend();
    this.#begun = true;
  }

  finish(): SessionDescription {
    if (!this.#begun) throw new LineError('"v=0" is expected');
    if (!this.#origin) this.#mend();
    return {
      origin: this.#origin ?? noOrigin,
      connection: this.#connection,
      ...(this.#connectionProblem && { connectionProblem: this.#connectionProblem }),
      ...(this.#bandwidth.length > 0 && { bandwidth: this.#bandwidth }),
      timing: this.#timing ?? "0 0",
      attributes: this.#attributes,
      media: this.#media satisfies MediaDescription[],
      mended: this.#mended,
    };
  }

  #read(line: string, number: number): void {
    const value = line.slice(2);
    const readable = line[1] === "=" && !hasControlCharacter(line);
    if (/^[A-Z]=/.test(line)) this.#mend();
    switch (readable ? line[0]?.toLowerCase() : undefined) {
      case "o":
        this.#takeOrigin(value);
        return;
      case "c":
        this.#takeConnection(value, number);
        return;
      case "t":
        if (/^\d{1,20} \d{1,20}$/.test(value)) this.#timing ??= value;
        return;
      case "a":
        (this.#media.at(-1)?.attributes ?? this.#attributes).push(parseAttribute(value));
        return;
      case "b":
        this.#takeBandwidth(value);
        return;
      case "m":
        if (this.#media.length >= sdpLimits.media) throw new LineError(`more than ${sdpLimits.media} media`);
        this.#media.push(this.#parseMedia(value, number));
        return;
      case undefined:
        // How many streams there are cannot be guessed: an answer has as many.
        if (/^m=/i.test(line)) throw new LineError("m= holds a control character");
        this.#mend();
        return;
      default:
        if (!/^[a-z]/i.test(line)) this.#mend();
    }
  }

  #mend(count = 1): void {
    this.#mended += count;
    if (this.#mended > sdpLimits.mended) throw new LineError(`more than ${sdpLimits.mended} lines are wrong`);
  }

  #takeOrigin(value: string): void {
    if (this.#origin) return;
    const { origin, exact } = parseOrigin(value);
    this.#origin = origin;
    if (!exact) this.#mend();
  }

  #takeConnection(value: string, number: number): void {
    const { address, problem, exact, isMalformed } = parseConnection(value, number);
    if (!exact) this.#mend();
    const media = this.#media.at(-1);
    if (media) {
      media.connection ??= address;
      // What says nothing leaves the address of the session, if there is one; what names another network does not.
      const isOfSession = isMalformed && this.#connection !== undefined;
      if (problem && media.connection === undefined && !isOfSession) media.problem ??= problem;
    } else {
      this.#connection ??= address;
      if (problem) this.#connectionProblem ??= problem;
    }
  }

  #takeBandwidth(value: string): void {
    const media = this.#media.at(-1);
    if (!media) this.#bandwidth.push(value);
    else if (media.bandwidth) media.bandwidth.push(value);
    else media.bandwidth = [value];
  }

  /** `audio 49170[/2] RTP/AVP 0 8 101` */
  #parseMedia(value: string, number: number): OpenMedia {
    const words = value.split(space).filter(Boolean);
    // A number where the protocol belongs is a format: the protocol was left out.
    const isShort = payloadType.test(words[2] ?? "");
    if (isShort) {
      words.splice(2, 0, "RTP/AVP");
      this.#mend();
    }
    const [kind, ports = "", protocol = "RTP/AVP", ...listed] = words;
    if (!kind) throw new LineError("m= is empty");
    const formats = listed.flatMap((format) => format.split(",").filter(Boolean));
    if (formats.length !== listed.length) this.#mend();
    const port = portOf(ports);
    const problem = mediaProblem(value, port, formats);
    // What cannot be used is no fault where nothing is offered anyway.
    if (problem !== undefined || formats.length === 0) this.#mend();
    return {
      kind: kind.toLowerCase(),
      port: port ?? 0,
      protocol,
      formats: formats.slice(0, sdpLimits.formats),
      connection: undefined,
      ...(problem !== undefined && { problem: broken(`line ${number}: ${problem}`) }),
      attributes: [],
    };
  }
}

const payloadType = /^\d{1,3}$/;

/** Undefined: it is not a port. */
function portOf(ports: string): number | undefined {
  const digits = /^(\d{1,5})(?:\/\d{1,5})?$/.exec(ports)?.[1];
  const port = digits === undefined ? Number.NaN : Number(digits);
  return port <= 65_535 ? port : undefined;
}

function mediaProblem(
  value: string,
  port: number | undefined,
  formats: readonly string[],
): string | undefined {
  if (port === undefined) return `m= has no valid port: ${quote(value)}`;
  if (port !== 0 && formats.length === 0) return `m= has no format: ${quote(value)}`;
  if (formats.length > sdpLimits.formats) return `m= has more than ${sdpLimits.formats} formats`;
  return undefined;
}

/** A user name may hold spaces although it must not: what counts stands at the end. `exact`: nothing was guessed. */
function parseOrigin(value: string): { origin: SessionDescription["origin"]; exact: boolean } {
  const fields = value.split(space).filter(Boolean);
  const [sessionId, version, network, family, address] = fields.slice(-5);
  const complete = network === "IN" && family !== undefined && address !== undefined;
  if (!complete || sessionId === undefined || version === undefined)
    return { origin: noOrigin, exact: false };
  const origin = { sessionId, version: Number.parseInt(version, 10) || 0, address };
  return { origin, exact: fields.length === 6 };
}

interface Connection {
  readonly address?: string;
  readonly problem?: SdpProblem;
  /** Nothing was guessed. */
  readonly exact: boolean;
  /** There is no address in it, and no name. */
  readonly isMalformed?: boolean;
}

/**
 * `IN IP4 address[/ttl[/count]]` → address. The family may be missing where the address says it, and where the words around it are
 * wrong the one word that is an address is the address.
 */
function parseConnection(value: string, number: number): Connection {
  const stated = parseConnectionWords(value, number);
  if (stated.problem?.code !== "BAD_SDP" && !strayMarks.test(stated.address ?? "")) return stated;
  const [only, ...others] = value
    .split(space, 8)
    .map((word) => plainAddress(word.split("/", 1)[0]!.replace(/^[<"']|[>"',;.]+$/g, "")))
    .filter((address) => isIP(address) !== 0);
  return only === undefined || others.length > 0 ? stated : { address: only, exact: false };
}

/** What belongs to no address and to no name. */
const strayMarks = /^[<"']|[>"',;.]$/;

function parseConnectionWords(value: string, number: number): Connection {
  const [network = "", family = "", last] = value.split(space).filter(Boolean);
  if (network.toUpperCase() !== "IN" && /^[A-Z]{2,16}$/i.test(network) && last !== undefined) {
    const message = `line ${number}: the media is in a network of type ${network}, not IN`;
    return { problem: { code: "INCOMPATIBLE_NETWORK", message }, exact: true };
  }
  const known = /^IP[46]$/i.test(family);
  const stated = known ? last : family;
  const written = stated?.split("/", 1)[0] ?? "";
  if (written.length > sdpLimits.address) {
    const problem = broken(
      `line ${number}: c= holds more than ${sdpLimits.address} characters: ${quote(value)}`,
    );
    return { problem, exact: false };
  }
  const address = plainAddress(written);
  const usable = known ? address !== "" : isIP(address) !== 0;
  if (network.toUpperCase() !== "IN" || !usable) {
    const problem = broken(`line ${number}: c= needs "IN IP4 address": ${quote(value)}`);
    return { problem, exact: false, isMalformed: true };
  }
  return { address, exact: known && address === written };
}

/**
 * An address without what belongs to a URI (brackets, a port), in decimal without leading zeros, as those who write them
 * mean it, and as IPv4 where it is an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2).
 */
function plainAddress(written: string): string {
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(written)?.[1] ?? written;
  const mapped = /^(?:0{0,4}:){1,5}ffff:(?:([\d.]+)|([\da-f]{1,4}):([\da-f]{1,4}))$/i.exec(bare);
  if (mapped?.[2] !== undefined && mapped[3] !== undefined && isIP(bare) === 6) {
    const [high, low] = [Number.parseInt(mapped[2], 16), Number.parseInt(mapped[3], 16)];
    return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  }
  const dotted = /^(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$/.exec(mapped?.[1] ?? bare)?.[1];
  const decimal = dotted?.split(".").map(Number).join(".");
  return decimal !== undefined && isIP(decimal) === 4 ? decimal : bare;
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(":");
  if (colon < 0) return { name: value.trim().toLowerCase(), value: undefined };
  return { name: value.slice(0, colon).trim().toLowerCase(), value: value.slice(colon + 1).trim() };
}

/** Some send a body with the zero byte that ends it in their memory, or pad it with several. */
const padding = /[\0\s]/;

function withoutPadding(line: string): string {
  let [start, end] = [0, line.length];
  while (start < end && padding.test(line.charAt(start))) start += 1;
  while (end > start && padding.test(line.charAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function hasControlCharacter(line: string): boolean {
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
