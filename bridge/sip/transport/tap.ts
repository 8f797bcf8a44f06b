// Sees every message of ours and of peers as it passes, once it is known to be well-formed. For those who keep or export
// messages: a tap never delays or changes one, and what it throws is counted and forgotten.
import type { SipMessage } from "../message/message.ts";
import type { Flow } from "./transport.ts";

export interface TappedMessage {
  readonly direction: "in" | "out";
  readonly message: SipMessage;
  readonly flow: Flow;
  /** Without secrets; made when it is asked for. */
  text(): string;
}

export type WireTap = (passing: TappedMessage) => void;
