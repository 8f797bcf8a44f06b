// One Binding request over UDP, TCP or TLS, and what comes back within a bounded time (RFC 8489 §6.2). Whatever comes, nothing
// throws; sockets and timers are gone with the outcome.
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIP, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { errorCode, errorMessage, type Limit, type Timer } from "#common";
import {
  type BindingAnswer,
  readBindingAnswer,
  stunHeaderBytes,
  stunLength,
  transactionBytes,
  writeBindingRequest,
} from "./stun-message.ts";

export interface StunServer {
  /** As its certificate must have it. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly transport: "udp" | "tcp" | "tls";
}

export interface Answered {
  readonly answer: BindingAnswer;
  /** Our end of the path. */
  readonly local: string;
  /** Why its certificate is not accepted here. */
  readonly certificateFault: string | undefined;
}

export type StunOutcome = Answered | { readonly answer: undefined; readonly problem: string };

/** RFC 8489 §6.2.1: how long the first answer is waited for; twice as long each further one. */
const retransmitMs = 500;
/** Of an answer over TCP: an address and the little that servers add. */
const maxBytes = 2048;

export const noRoute = "there is no way to it from here";
const noStun = "what it answers is no STUN";

const unanswered = (problem: string): StunOutcome => ({ answer: undefined, problem });

export const askStun = (server: StunServer, limit: Limit): Promise<StunOutcome> =>
  server.transport === "udp" ? askByUdp(server, limit) : askByStream(server, limit);

function askByUdp({ address, port }: StunServer, { clock, limitMs }: Limit): Promise<StunOutcome> {
  const transaction = randomBytes(transactionBytes);
  const request = writeBindingRequest(transaction);
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  return new Promise((resolve) => {
    let [isSettled, isStrange] = [false, false];
    let again: Timer | undefined;
    const limit = clock.after(limitMs, () => settle(unanswered(isStrange ? noStun : "no answer")));
    const settle = (outcome: StunOutcome) => {
      if (isSettled) return;
      isSettled = true;
      limit.cancel();
      again?.cancel();
      socket.close();
      resolve(outcome);
    };
    const send = (waitMs: number) => {
      if (isSettled) return;
      again = clock.after(waitMs, () => send(2 * waitMs));
      socket.send(request);
    };
    socket.on("error", (error) => settle(faultOf(error)));
    socket.on("message", (message) => {
      const answer = readBindingAnswer(message, transaction);
      isStrange ||= !answer;
      if (answer) settle({ answer, local: socket.address().address, certificateFault: undefined });
    });
    // Connected, it takes datagrams of the server alone, and is told when nothing listens there.
    socket.once("connect", () => send(retransmitMs));
    socket.connect(port, address);
  });
}

function askByStream(server: StunServer, { clock, limitMs }: Limit): Promise<StunOutcome> {
  const transaction = randomBytes(transactionBytes);
  return new Promise((resolve) => {
    let isSettled = false;
    const limit = clock.after(limitMs, () => settle(unanswered("no answer")));
    const settle = (outcome: StunOutcome) => {
      if (isSettled) return;
      isSettled = true;
      limit.cancel();
      socket.destroy();
      resolve(outcome);
    };
    const { socket, certificateFault } = open(server, () => socket.write(writeBindingRequest(transaction)));
    let received = Buffer.alloc(0);
    socket.on("error", (error) => settle(faultOf(error)));
    socket.on("close", () => settle(unanswered("it closes the connection")));
    socket.on("data", (data: Buffer) => {
      if (isSettled) return;
      received = Buffer.concat([received, data]);
      if (received.length < stunHeaderBytes) return;
      // The length in the header is the only framing (RFC 8489 §6.2.2).
      const length = stunLength(received) ?? 0;
      if (length === 0 || length > maxBytes) return settle(unanswered(noStun));
      if (received.length < length) return;
      const answer = readBindingAnswer(received.subarray(0, length), transaction);
      const local = socket.localAddress ?? "";
      settle(answer ? { answer, local, certificateFault: certificateFault() } : unanswered(noStun));
    });
  });
}

interface OpenStream {
  readonly socket: Socket;
  certificateFault(): string | undefined;
}

function open({ transport, host, address, port }: StunServer, ready: () => void): OpenStream {
  if (transport !== "tls")
    return { socket: connect({ host: address, port }, ready), certificateFault: () => undefined };
  // Whether the server answers is asked also where its certificate is not accepted.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host: address, port, ...name, rejectUnauthorized: false }, ready);
  const certificateFault = () => (socket.authorized ? undefined : String(socket.authorizationError));
  return { socket, certificateFault };
}

function faultOf(error: Error): StunOutcome {
  const code = errorCode(error);
  if (code === "ECONNREFUSED") return unanswered("nothing listens there");
  if (code === "ECONNRESET") return unanswered("it closes the connection");
  if (code?.startsWith("ERR_SSL_") || code === "EPROTO") return unanswered("it does not speak TLS");
  if (code === "ENETUNREACH" || code === "EHOSTUNREACH") return unanswered(noRoute);
  return unanswered(errorMessage(error));
}
