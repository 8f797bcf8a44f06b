// The ACKs for the 2xx of one INVITE of ours, one for each To tag (RFC 3261 §13.2.2.4): sent with the first 2xx of its tag, and
// again each time that this 2xx is repeated.
import type { SipRequest, SipResponse } from "../message/message.ts";
import { tagOf } from "../transaction/matching.ts";
import type { DialogSender } from "./in-dialog.ts";
import { flowFor } from "./path.ts";
import type { UserAgent } from "./user-agent.ts";

/** More forks are treated as a flood. */
export const maxForks = 16;

export class ForkAcks {
  readonly #ua: UserAgent;
  readonly #invite: SipRequest;
  readonly #sent = new Map<string, () => void>();

  constructor(ua: UserAgent, invite: SipRequest) {
    this.#ua = ua;
    this.#invite = invite;
  }

  /** Takes a 2xx. `answered` is called for the first of each To tag, whose ACK is then to be sent. */
  take(response: SipResponse, answered: (tag: string) => void): void {
    const tag = tagOf(response.to.params);
    const repeat = this.#sent.get(tag);
    if (repeat) repeat();
    else if (this.#sent.size < maxForks) answered(tag);
  }

  /** Sends the ACK, with the credentials of its INVITE. */
  send(tag: string, { dialog, path }: Pick<DialogSender, "dialog" | "path">): void {
    const ack = dialog.createAck(this.#invite);
    for (const name of ["Authorization", "Proxy-Authorization"]) {
      for (const value of this.#invite.headers.all(name)) ack.headers.append(name, value);
    }
    const flow = flowFor(this.#ua, dialog, path);
    const send = () => void flow.then((way) => this.#ua.transactions.sendAck(ack, way));
    this.#sent.set(tag, send);
    send();
  }
}
