// GET /api/calls/{id}/dump: a call's RTP or audio as a file, for looking for faults; for the administrators of this
// machine alone, over the Unix socket. The request lasts as long as the dump and ends it: there is nothing to forget.
// That it was made is in the audit log from its beginning.

import type { Readable } from "node:stream";
import { Type } from "typebox";
import type { CallId } from "#common";
import type { Audit } from "#services/access";
import type { Api } from "../instance.ts";
import { clientAddress, HttpRefusal, localPrincipal, pathOf, refuseBody } from "../plugins/index.ts";
import { callNotFound, callParams, describe } from "./calls.ts";

/** Dumps of calls, as the daemon makes them. */
export interface CallDumps {
  /** Undefined when there is no such call. Rejects with CANNOT_DUMP. */
  start(
    id: CallId,
    order: { readonly format: "rtp" | "pcm"; readonly seconds: number },
  ): Promise<RunningDump | undefined>;
  /** False when none runs. */
  stop(id: CallId): Promise<boolean>;
}

interface RunningDump {
  readonly ended: Promise<DumpedFile>;
  stop(): Promise<void>;
}

interface DumpedFile {
  createReadStream(): Readable;
  close(): Promise<void>;
}

export interface DumpOptions {
  readonly dumps: CallDumps;
  readonly audit: Pick<Audit, "record">;
}

const maxSeconds = 300;
const usualSeconds = 10;
const contentTypes = { rtp: "application/vnd.tcpdump.pcap", pcm: "audio/wav" } as const;

const file = (contentMediaType: string, example: string) =>
  Type.Unsafe<Readable>({ type: "string", contentMediaType, examples: [example] });

const dump = {
  ...describe(
    "dumpCall",
    "Dump the media of a call",
    "For looking for faults, as `parley dump` does it, and only over the bridge's Unix socket. The answer comes when the time is over, " +
      "the call has ended or the dump was stopped. One at a time of a call; the request's end ends it.",
  ),
  params: callParams,
  querystring: Type.Object(
    {
      format: Type.Optional(
        Type.Enum(["rtp", "pcm"], {
          default: "rtp",
          description:
            "`rtp`: RTP and RTCP packets of both directions as pcap. `pcm`: audio as WAV, left what the far party says, right what it hears.",
        }),
      ),
      seconds: Type.Optional(
        Type.Integer({ minimum: 1, maximum: maxSeconds, default: usualSeconds, description: "How long." }),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: {
      description: "The file.",
      content: {
        [contentTypes.rtp]: { schema: file(contentTypes.rtp, "(pcap)") },
        [contentTypes.pcm]: { schema: file(contentTypes.pcm, "(WAV)") },
      },
    },
  },
};

const stop = {
  ...describe(
    "stopCallDump",
    "End the dump of a call",
    "The request that made it is answered with what was dumped until now. Only over the bridge's Unix socket.",
  ),
  params: callParams,
  response: { 204: Type.Null({ description: "It has ended." }) },
};

export function dumpRoutes(api: Api, { dumps, audit }: DumpOptions): void {
  const config = { scope: "admin" as const };
  const limits = { exposeHeadRoute: false, handlerTimeout: (maxSeconds + 60) * 1000 };

  api.get("/calls/:id/dump", { schema: dump, config, ...limits }, async (request, reply) => {
    const { id } = request.params;
    const { format = "rtp", seconds = usualSeconds } = request.query;
    const principal = localPrincipal(request);
    if (!principal) throw notLocal();
    const running = await dumps.start(id, { format, seconds });
    if (!running) throw callNotFound(id);
    audit.record({
      ...{ actorKind: principal.kind, actorId: principal.id, actorName: principal.name },
      ...{ operation: "dumpCall", objectId: id, path: pathOf(request), fields: [format] },
      ...{ address: clientAddress(request), outcome: "done", status: 200 },
    });
    reply.raw.once("close", () => void running.stop());
    const file = await running.ended;
    if (reply.raw.destroyed) {
      await file.close();
      return reply;
    }
    return reply.type(contentTypes[format]).send(file.createReadStream());
  });

  api.post(
    "/calls/:id/dump/stop",
    { schema: stop, preValidation: refuseBody, config },
    async (request, reply) => {
      const { id } = request.params;
      if (!localPrincipal(request)) throw notLocal();
      if (!(await dumps.stop(id))) throw new HttpRefusal("NO_DUMP", `The call ${id} is not being dumped.`);
      return reply.code(204).send(null);
    },
  );
}

const notLocal = (): HttpRefusal =>
  new HttpRefusal(
    "LOCAL_ONLY",
    "Only administrators of this machine may: use the command parley dump there.",
  );
