// INVITEs without a final response, in both directions, as recorded for the next process. A call that had not been answered
// cannot be continued, but must not be forgotten either, because both far ends wait: once they have received a provisional
// response, neither repeats anything (RFC 3261 §17.1.1.2).
//
// - A received INVITE is processed as if it arrived now: its transaction is the same, only our To tag differs.
// - A callee stops ringing: our INVITE is retransmitted with its branch, which restores the client transaction and shows
//   its state, and then cancelled (§9.1). A callee who answers at the same moment gets ACK and BYE (§13.2.2.4).
//
// A response without an entry here is ignored, so that a forged one triggers nothing.
import { errorMessage, ParleyError, type StateRecords } from "#common";
import type { Principal } from "../auth/principal.ts";
import { formatMessage } from "../message/format.ts";
import { parseNameAddr } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { parseMessage } from "../message/parser.ts";
import { parseSipUri } from "../message/uri.ts";
import { mergeKey } from "../transaction/matching.ts";
import { type Flow, isWebSocket } from "../transport/transport.ts";
import { Dialog } from "./dialog.ts";
import { follow } from "./exchange.ts";
import { ForkAcks } from "./fork-acks.ts";
import { type DialogSender, requestInDialog } from "./in-dialog.ts";
import { type Path, restorePath, snapshotPath } from "./path.ts";
import type { Cause } from "./reason.ts";
import { reasonOf } from "./reason.ts";
import {
  badSnapshot,
  readUnansweredInvite,
  restorePrincipal,
  snapshotPrincipal,
  type UnansweredInvite,
} from "./snapshot.ts";
import type { UserAgent } from "./user-agent.ts";

/** The cause in the CANCEL and BYE to a callee. */
const restarted: Cause = { status: 503, text: "Restarted" };

type Records = StateRecords<UnansweredInvite>;

/** Records a received INVITE until its final response. Returns the record's id; undefined: it is not recorded. */
export function recordReceivedInvite(
  records: Records,
  request: SipRequest,
  { flow, principal }: { readonly flow: Flow; readonly principal: Principal | undefined },
): string | undefined {
  // The browser has lost its connection to us, and knows it.
  if (isWebSocket(flow)) return undefined;
  const id = `received ${mergeKey(request) ?? request.callId}`;
  records.put(id, {
    direction: "received",
    request: textOf(request),
    ...snapshotPath({ flow, pinned: false }),
    ...(principal && { principal: snapshotPrincipal(principal) }),
  });
  return id;
}

/** Records an INVITE of ours until its final response. `request`: as it is sent, with our Via. */
export function recordPlacedInvite(records: Records, request: SipRequest, path: Path): void {
  if (isWebSocket(path.flow)) return;
  records.put(placedId(request.callId), {
    direction: "placed",
    request: textOf(request),
    ...snapshotPath(path),
  });
}

export const forgetPlacedInvite = (records: Records, callId: string): void =>
  records.delete(placedId(callId));

const placedId = (callId: string): string => `placed ${callId}`;

/** Latin-1 keeps every byte. */
const textOf = (message: SipRequest): string => Buffer.from(formatMessage(message)).toString("latin1");

export interface RecoverUnansweredOptions {
  receive(request: SipRequest, flow: Flow, principal: Principal | undefined): void;
  /** Whether the call was answered just before the restart, and has been adopted. */
  isAdopted(callId: string): boolean;
}

/** Handles the INVITEs that the previous process left unanswered. Call it once, when the transports listen. */
export function recoverUnanswered(ua: UserAgent, { receive, isAdopted }: RecoverUnansweredOptions): void {
  const { unanswered, log } = ua;
  for (const [id, value] of unanswered.previous) {
    try {
      const { direction, principal, ...left } = readUnansweredInvite(value);
      const request = readInvite(left.request);
      const path = restorePath(left);
      if (direction === "placed" && !isAdopted(request.callId)) {
        void giveUp(ua, request, path).finally(() => unanswered.delete(id));
        continue;
      }
      unanswered.delete(id);
      if (direction === "received") receive(request, path.flow, principal && restorePrincipal(principal));
    } catch (error) {
      unanswered.delete(id);
      log.warn({ error: errorMessage(error) }, "an unanswered call cannot be recovered");
    }
  }
}

function readInvite(text: string): SipRequest {
  const outcome = parseMessage(Buffer.from(text, "latin1"));
  const { message } = outcome.ok ? outcome : { message: undefined };
  if (message?.kind === "request" && message.method === "INVITE") return message;
  throw badSnapshot("request");
}

/** Ends a call of ours that is ringing. Never rejects. */
async function giveUp(ua: UserAgent, invite: SipRequest, path: Path): Promise<void> {
  const log = ua.log.child({ callId: invite.callId });
  try {
    const flow = await reconnect(ua, invite, path);
    // Registers the name of the flow, so that responses to earlier requests are accepted.
    ua.transport.advertised(flow);
    const forks = new UnwantedForks(ua, invite, { ...path, flow });
    const transaction = ua.transactions.repeat(invite, flow);
    const outcome = follow(ua, transaction, { onSuccess: (response) => forks.success(response) });
    transaction.cancel(reasonOf(restarted));
    const { status } = await outcome;
    log.info({ status }, "a call of the previous process was given up");
  } catch (error) {
    log.warn({ error: errorMessage(error) }, "a call of the previous process could not be given up");
  }
}

/** Datagrams go to the same address; a connection has to be opened again, to the destination of the INVITE. */
async function reconnect(ua: UserAgent, invite: SipRequest, { flow }: Path): Promise<Flow> {
  if (!flow.reliable) return flow;
  const route = invite.headers.get("Route");
  const uri = route === undefined ? invite.uri : parseNameAddr(route, "Route").uri;
  const destination = await ua.router.resolve(parseSipUri(uri), flow);
  if (!destination) throw new ParleyError("UNREACHABLE", "the next hop has no address");
  return ua.router.connect({ ...destination, protocol: flow.protocol }, 0);
}

/** The dialogs of an INVITE whose answers are all unwanted, by their To tags. */
class UnwantedForks {
  readonly #ua: UserAgent;
  readonly #invite: SipRequest;
  readonly #path: Path;
  readonly #acks: ForkAcks;

  constructor(ua: UserAgent, invite: SipRequest, path: Path) {
    this.#ua = ua;
    this.#invite = invite;
    this.#path = path;
    this.#acks = new ForkAcks(ua, invite);
  }

  /** Handles each 2xx that arrives. */
  success(response: SipResponse): void {
    this.#acks.take(response, (tag) => this.#hangUp(tag, response));
  }

  #hangUp(tag: string, response: SipResponse): void {
    const [ua, path] = [this.#ua, this.#path];
    const dialog = Dialog.ofResponse(this.#invite, response);
    const sender: DialogSender = { ua, dialog, path, contactUser: "", authenticate: undefined };
    this.#acks.send(tag, sender);
    requestInDialog(sender, "BYE", { headers: [["Reason", reasonOf(restarted)]] }).catch((error) =>
      ua.log.warn({ error: errorMessage(error) }, "BYE failed"),
    );
  }
}
