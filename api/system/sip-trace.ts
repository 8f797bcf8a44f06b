// GET /api/sip/trace: SIP messages as they pass, as text, for as long as the request is open. Opening it switches the
// trace on and its end switches it off: there is nothing to forget.

import type { Readable } from "node:stream";
import { Type } from "typebox";
import { type Clock, canonicalAddress } from "#common";
import type { Api } from "../instance.ts";
import { type OpenStreams, refuseFields, revokedLingerMs } from "../plugins/index.ts";
import { type SipTrace, TraceStream } from "./sip-trace-stream.ts";

const maxMessages = 1000;
const maxSeconds = 3600;
const usual = { messages: 100, seconds: 60 };
const querystring = Type.Object(
  {
    peer: Type.Optional(
      Type.String({ maxLength: 64, description: "Only messages to and from this address." }),
    ),
    call_id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: "Only messages of this call." }),
    ),
    messages: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxMessages,
        default: usual.messages,
        description: "Ends after so many messages.",
      }),
    ),
    seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxSeconds,
        default: usual.seconds,
        description: "Ends after so many seconds.",
      }),
    ),
  },
  { additionalProperties: false },
);

const example = `# tracing SIP with 192.168.1.20: 100 messages or 60 s

2026-01-01T09:30:00.000Z in UDP 192.168.1.20:5060 > 192.168.1.10:5060
OPTIONS sip:192.168.1.10 SIP/2.0
`;

export interface SipTraceOptions {
  readonly trace: SipTrace;
  readonly clock: Clock;
  readonly streams: OpenStreams;
}

export function sipTraceRoute(api: Api, { trace, clock, streams }: SipTraceOptions): void {
  const schema = {
    tags: ["System"],
    operationId: "traceSip",
    summary: "Watch SIP messages as they pass",
    description: "Text that grows until the number of messages, the time or the connection ends.",
    querystring,
    response: {
      200: {
        description: "One message after the other, with time and direction; secrets are left out.",
        content: { "text/plain": { schema: Type.Unsafe<Readable>({ type: "string", examples: [example] }) } },
      },
    },
  };
  const running = new Set<TraceStream>();
  api.addHook("preClose", async () => {
    for (const stream of running) stream.finish("Parley stops");
  });
  const limits = { exposeHeadRoute: false, handlerTimeout: (maxSeconds + 60) * 1000 };
  api.get("/sip/trace", { schema, config: { scope: "admin" }, ...limits }, async (request, reply) => {
    const { call_id: callId, messages = usual.messages, seconds = usual.seconds } = request.query;
    const peer = request.query.peer && addressOf(request.query.peer);
    const stream = new TraceStream({ trace, clock, peer, callId, messages, seconds });
    running.add(stream);
    const release = streams.holdFor(request, () => {
      stream.finish("the credential gives no right to it any more");
      clock.after(revokedLingerMs, () => {
        if (!reply.raw.writableFinished) reply.raw.destroy();
      });
    });
    stream.once("close", () => {
      running.delete(stream);
      release();
    });
    return reply.type("text/plain; charset=utf-8").header("x-content-type-options", "nosniff").send(stream);
  });
}

function addressOf(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw refuseFields([{ field: "peer", message: "must be an IP address" }]);
  return address;
}
