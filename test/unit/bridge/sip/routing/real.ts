// Real loopback for the tests that need the kernel: a free port, a request to send.

import { once } from "node:events";
import { createServer } from "node:net";
import { formatVia } from "../../../../../bridge/sip/message/headers.ts";
import type { SipRequest } from "../../../../../bridge/sip/message/message.ts";
import type { Protocol, SocketAddress } from "../../../../../bridge/sip/transport/index.ts";
import { newRequest } from "../transaction/peer.ts";

/** A port without a listener. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

export function optionsFrom({ address: host, port }: SocketAddress, transport: Protocol): SipRequest {
  const request = newRequest("OPTIONS");
  const params = new Map([["branch", `z9hG4bK${request.callId}`]]);
  request.headers.prepend("Via", formatVia({ transport, host, port, params }));
  return request;
}
