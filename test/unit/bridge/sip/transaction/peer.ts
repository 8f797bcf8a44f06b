// A SIP element on the in-memory network: both layers, and a user that writes down what it is told.
import { silentLogger } from "#common";
import { type FakeClock, type MemoryNetwork, settle } from "#test/support";
import { createResponse } from "../../../../../bridge/sip/message/format.ts";
import { Headers, SipRequest, type SipResponse } from "../../../../../bridge/sip/message/message.ts";
import {
  type ClientTransaction,
  createTransactionLayer,
  type ServerTransaction,
  type TransactionLayerOptions,
} from "../../../../../bridge/sip/transaction/index.ts";
import {
  createTransportLayer,
  type Flow,
  type Protocol,
  type TransportLayerOptions,
} from "../../../../../bridge/sip/transport/index.ts";

export interface PeerOptions {
  readonly protocol?: Protocol;
  readonly transport?: Partial<TransportLayerOptions>;
  readonly transactions?: Partial<TransactionLayerOptions>;
}

export async function createPeer(
  network: MemoryNetwork,
  clock: FakeClock,
  address: string,
  options: PeerOptions = {},
) {
  const { protocol = "UDP" } = options;
  const shared = { clock, logger: silentLogger };
  const transport = createTransportLayer({
    ...shared,
    transports: [(receive) => network.transport({ addresses: [address], protocol, receive })],
    ...options.transport,
  });
  const layer = createTransactionLayer({ ...shared, transport, ...options.transactions });
  const requests: ServerTransaction[] = [];
  const acks: SipRequest[] = [];
  const strays: SipResponse[] = [];
  const peer = {
    address,
    transport,
    layer,
    /** What this element's user was told, in order. */
    requests,
    acks,
    strays,
    onRequest: (_transaction: ServerTransaction): void => {},
    flowTo: (other: string): Promise<Flow> => transport.connect({ protocol, address: other, port: 5060 }),
    /** Answers the request that came last. */
    answer: (status: number): SipResponse => {
      const transaction = requests.at(-1)!;
      const response = createResponse(transaction.request, status, { toTag: `to-${address}` });
      transaction.respond(response);
      return response;
    },
    async close() {
      await layer.close();
      await transport.close();
    },
  };
  layer.user = {
    onRequest: (transaction) => {
      requests.push(transaction);
      peer.onRequest(transaction);
    },
    onAck: (ack) => acks.push(ack),
    onStrayResponse: (response) => strays.push(response),
  };
  await transport.listen();
  await settle();
  return peer;
}

export type Peer = Awaited<ReturnType<typeof createPeer>>;

let calls = 0;

export interface RequestParts {
  readonly callId?: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly cseq?: number;
  readonly uri?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** A request without Via, as a dialog would hand it down. */
export function newRequest(method: string, parts: RequestParts = {}): SipRequest {
  calls += 1;
  const { callId = `call-${calls}`, fromTag = "from", cseq = 1, uri = "sip:100@10.0.0.2" } = parts;
  const headers = new Headers()
    .append("Max-Forwards", "70")
    .append("From", `<sip:alice@10.0.0.1>;tag=${fromTag}`)
    .append("To", `<sip:100@10.0.0.2>${parts.toTag === undefined ? "" : `;tag=${parts.toTag}`}`)
    .append("Call-ID", callId)
    .append("CSeq", `${cseq} ${method}`);
  for (const [name, value] of parts.headers ?? []) headers.append(name, value);
  return new SipRequest(method, uri, headers);
}

/** The ACK of a 2xx, as a dialog would make it. */
export function ackOf(invite: SipRequest, response: SipResponse): SipRequest {
  const headers = new Headers()
    .append("Max-Forwards", "70")
    .append("From", invite.headers.get("From")!)
    .append("To", response.headers.get("To")!)
    .append("Call-ID", invite.callId)
    .append("CSeq", `${invite.cseq.number} ACK`);
  return new SipRequest("ACK", invite.uri, headers);
}

/** Everything a client transaction tells, as words: `180`, `200`, `timeout`, `transport error`, `terminated`. */
export function storyOf(transaction: ClientTransaction): string[] {
  const story: string[] = [];
  transaction.events.on("response", ({ response }) => story.push(String(response.status)));
  transaction.events.on("timeout", () => story.push("timeout"));
  transaction.events.on("transportError", () => story.push("transport error"));
  transaction.events.on("terminated", () => story.push("terminated"));
  return story;
}
