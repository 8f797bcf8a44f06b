// Typed views of the header values that the stack reads (RFC 3261 §20, §25.1): one pure parser and one
// formatter a header, no knowledge of messages.
import { SipSyntaxError } from "./syntax-error.ts";

export interface Via {
  /** `UDP`, `TCP`, `TLS`, `WS`, `WSS` as written, upper case. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  /** Lower-case names; a parameter without a value is the empty string. */
  readonly params: ReadonlyMap<string, string>;
}

/** From, To, Contact, Route, Record-Route, Refer-To, P-Asserted-Identity … */
export interface NameAddr {
  /** Unquoted and unescaped; undefined when there is none. */
  readonly displayName: string | undefined;
  /** The URI as written. */
  readonly uri: string;
  /** Header parameters (`tag`, `expires`, `q` …), not those of the URI. */
  readonly params: ReadonlyMap<string, string>;
}

export interface CSeq {
  /** 0 … 2^32 − 1; we send values below 2^31. */
  readonly number: number;
  readonly method: string;
}

export function parseVia(value: string): Via {
  throw new SipSyntaxError("Via", value);
}
export function parseNameAddr(value: string): NameAddr {
  throw new SipSyntaxError("From", value);
}
export function parseCSeq(value: string): CSeq {
  throw new SipSyntaxError("CSeq", value);
}
