// Observes every well-formed message that is sent or received, for storing or exporting
// messages. A tap never delays or changes a message; its exceptions are counted and dropped.
import type { SipMessage } from "../message/message.ts";
import type { Flow } from "./transport.ts";

export interface TappedMessage {
  readonly direction: "in" | "out";
  readonly message: SipMessage;
  readonly flow: Flow;
  /** The redacted message; built on demand. */
  text(): string;
}

export type WireTap = (passing: TappedMessage) => void;
