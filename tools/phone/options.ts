// The command line of the phone: its options, their meaning, and its help. Pure.
import { parseArgs } from "node:util";

const dtmfMethods = ["rfc4733", "info", "inband"] as const;
export type DtmfMethod = (typeof dtmfMethods)[number];

export interface Target {
  readonly uri: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly tcp: boolean;
}

export interface PhoneSettings {
  readonly target: Target;
  readonly name: string;
  readonly codec: "PCMU" | "PCMA" | undefined;
  /** The registrar, through which the call is then made; the user is the address of record. */
  readonly registrar: (Target & { readonly password: string }) | undefined;
  /** `,` is a pause of a second. */
  readonly keys: string;
  readonly dtmfMethod: DtmfMethod;
  readonly play: string | undefined;
  readonly toneHz: number | undefined;
  readonly record: string | undefined;
  /** Seconds of the call after the answer; undefined: until the far end or Ctrl-C ends it. */
  readonly seconds: number | undefined;
  readonly ringSeconds: number;
  readonly quiet: boolean;
  readonly trace: boolean;
}

/** The command line is wrong. */
export class PhoneUsageError extends Error {}

export const phoneHelp = `Usage: npm run phone -- [OPTIONS] sip:EXTENSION@HOST[:PORT][;transport=tcp]

Calls an extension, types, plays and records, and says once a second what it hears.

  --tcp                  SIP over TCP, like ;transport=tcp
  --name NAME            display name and user of the caller (phone)
  --codec PCMU|PCMA      offers this one alone
  --register sip:USER@HOST[:PORT]
                         registers there first and calls by way of it; PHONE_PASSWORD is the password
  --keys KEYS            types 0-9 * # A-D after the answer; a comma is a pause of a second
  --keys-by WAY          rfc4733 (RTP events, the usual one), info (SIP INFO) or inband (tones in the audio)
  --play FILE.wav        says it once: 16-bit PCM of any rate, after the keys
  --tone HZ              says a tone of -20 dBov while it says nothing else
  --record FILE.wav      keeps what it hears: 8000 Hz, 16 bits, mono
  --seconds N            hangs up N seconds after the answer
  --ring-seconds N       gives up when the callee has not answered by then (60)
  --quiet                no line a second
  --trace                SIP messages on standard error
  --help                 this text

Ctrl-C hangs up. Exit codes: 0 answered and ended, 1 refused, 2 wrong command line or file, 3 no answer or given up,
4 not registered.
`;

const options = {
  tcp: { type: "boolean" },
  name: { type: "string", default: "phone" },
  codec: { type: "string" },
  register: { type: "string" },
  keys: { type: "string", default: "" },
  "keys-by": { type: "string", default: "rfc4733" },
  play: { type: "string" },
  tone: { type: "string" },
  record: { type: "string" },
  seconds: { type: "string" },
  "ring-seconds": { type: "string", default: "60" },
  quiet: { type: "boolean" },
  trace: { type: "boolean" },
} as const;

/** Throws PhoneUsageError that names the option. */
export function readSettings(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): PhoneSettings {
  const { values, positionals } = parse(argv);
  const [uri, more] = positionals;
  if (uri === undefined) throw new PhoneUsageError("who is called is missing: sip:EXTENSION@HOST");
  if (more !== undefined) throw new PhoneUsageError(`${more} is one argument too many`);
  const tcp = values.tcp === true;
  const { register, codec, name } = values;
  if (!/^[\w.+-]{1,64}$/.test(name)) {
    throw new PhoneUsageError("--name must be letters, digits and . _ + - alone");
  }
  if (codec !== undefined && codec !== "PCMU" && codec !== "PCMA") {
    throw new PhoneUsageError(`--codec must be PCMU or PCMA, not ${codec}`);
  }
  if (!/^[0-9*#A-D,]{0,200}$/.test(values.keys)) {
    throw new PhoneUsageError("--keys must be of 0-9 * # A-D and commas");
  }
  const dtmfMethod = dtmfMethods.find((way) => way === values["keys-by"]);
  if (!dtmfMethod) throw new PhoneUsageError(`--keys-by must be one of ${dtmfMethods.join(", ")}`);
  return {
    target: readTarget(uri, { option: "who is called", tcp }),
    name,
    codec,
    registrar: register === undefined ? undefined : readRegistrar(register, tcp, env["PHONE_PASSWORD"]),
    keys: values.keys,
    dtmfMethod,
    play: values.play,
    toneHz: optionalNumber("--tone", values.tone, { from: 50, to: 3900 }),
    record: values.record,
    seconds: optionalNumber("--seconds", values.seconds, { from: 1, to: 86_400 }),
    ringSeconds: optionalNumber("--ring-seconds", values["ring-seconds"], { from: 1, to: 600 })!,
    quiet: values.quiet === true,
    trace: values.trace === true,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
  } catch (error) {
    throw new PhoneUsageError((error as Error).message.replace(/\. .*$/s, ""));
  }
}

function readTarget(text: string, { option, tcp }: { option: string; tcp: boolean }): Target {
  const match =
    /^sip:([\w.!~*'()&=+$,?/%-]{1,64})@([\w.-]{1,255})(?::(\d{1,5}))?(;transport=(?:tcp|udp))?$/i.exec(text);
  const [, user = "", host = "", port = "5060", transport = ""] = match ?? [];
  if (!match || Number(port) < 1 || Number(port) > 65_535) {
    throw new PhoneUsageError(`${option} must be sip:USER@HOST or sip:USER@HOST:PORT, not ${text}`);
  }
  return { uri: text, user, host, port: Number(port), tcp: tcp || /tcp$/i.test(transport) };
}

function readRegistrar(text: string, tcp: boolean, password: string | undefined): PhoneSettings["registrar"] {
  if (password === undefined) throw new PhoneUsageError("--register needs the variable PHONE_PASSWORD");
  return { ...readTarget(text, { option: "--register", tcp }), password };
}

function optionalNumber(
  option: string,
  text: string | undefined,
  { from, to }: { from: number; to: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new PhoneUsageError(`${option} must be a whole number from ${from} to ${to}, not ${text}`);
}
