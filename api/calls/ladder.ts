// GET /api/calls/{id}/ladder: the SIP messages of a call and what happened to its media, of calls that last and of those that
// ended of late; as JSON, as a drawing for a terminal, or as pcap for an analyser. Secrets are left out.

import { Type } from "typebox";
import { formatHostPort } from "#common";
import {
  drawLadder,
  type Ladder,
  type LadderEnd,
  type LadderEntry,
  ladderToPcap,
} from "#services/call-ladders";
import type { Api } from "../instance.ts";
import { HttpRefusal } from "../plugins/index.ts";
import { describe } from "./calls.ts";

/** Where ladders are found: by the id of a call, or by a Call-ID header. */
export interface LadderFinder {
  find(id: string): Ladder | undefined;
}

const pcapType = "application/vnd.tcpdump.pcap";
const text = (description: string) => Type.String({ description });

const params = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: 256,
    description: "The id of the call, or the Call-ID header of one of its messages.",
  }),
});

const entrySchema = Type.Object(
  {
    at: Type.String({ format: "date-time", description: "When it passed." }),
    kind: Type.Unsafe<"sip" | "media">({
      type: "string",
      enum: ["sip", "media"],
      description: "`sip`: a message. `media`: what happened beside the messages.",
    }),
    direction: Type.Optional(
      Type.Unsafe<"in" | "out">({ type: "string", enum: ["in", "out"], description: "`in`: to the bridge." }),
    ),
    transport: Type.Optional(text("`UDP`, `TCP`, `TLS`, `WS` or `WSS`.")),
    local: Type.Optional(text("The bridge's address and port.")),
    remote: Type.Optional(text("The far end's address and port.")),
    call_id: Type.Optional(text("The Call-ID header.")),
    title: Type.Optional(text("The method, or the status and its words.")),
    cseq: Type.Optional(text("The CSeq header.")),
    session: Type.Optional(text("What its session description says, on one line; absent without one.")),
    text: Type.Optional(text("The message, without secrets.")),
    what: Type.Optional(
      text(
        "`answered`, `joined`, `first_packet`, `codec`, `encrypted`, `held`, `resumed`, `silent` (no audio comes), `heard` (it comes again), `keys`, " +
          "`media_failed`, `media_moved` (another media worker goes on with them), `media_lost`, `finding` or `ended`.",
      ),
    ),
    detail: Type.Optional(text("More about it; empty where there is no more.")),
    count: Type.Optional(
      Type.Integer({ minimum: 1, description: "How often in a row; of `keys`, how many were pressed." }),
    ),
  },
  {
    description:
      "One step of the ladder; `sip` has the fields of a message, `media` has `what`, `detail` and `count`.",
  },
);

const example = {
  call_ids: ["a84b4c76e66710@192.0.2.1"],
  ended: false,
  left_out: 0,
  entries: [
    {
      at: "2026-03-02T08:00:00.010Z",
      kind: "sip" as const,
      direction: "in" as const,
      transport: "UDP",
      local: "192.0.2.10:5060",
      remote: "192.0.2.1:5060",
      call_id: "a84b4c76e66710@192.0.2.1",
      title: "INVITE",
      cseq: "1 INVITE",
      session: "audio PCMU telephone-event 192.0.2.1:40012 sendrecv",
      text: "INVITE sip:8000@192.0.2.10 SIP/2.0\r\n…",
    },
    {
      at: "2026-03-02T08:00:00.230Z",
      kind: "media" as const,
      what: "first_packet",
      detail: "from 192.0.2.1:40012",
      count: 1,
    },
  ],
};

const ladderSchema = Type.Object(
  {
    call_ids: Type.Array(Type.String(), { description: "The Call-ID headers of its messages." }),
    ended: Type.Boolean({ description: "Whether the call is over." }),
    left_out: Type.Integer({
      minimum: 0,
      description: "Entries that were left out in the middle, because there were too many.",
    }),
    entries: Type.Array(entrySchema, { description: "In the order in which they passed." }),
  },
  { description: "The ladder.", examples: [example] },
);

const drawing = `# Call-ID a84b4c76e66710@192.0.2.1; lasts; began 2026-03-02T08:00:00.010Z
    +0.000 s |- INVITE ----------------------------------------------->|
`;

const show = {
  ...describe(
    "getCallLadder",
    "Show the SIP messages of a call",
    "Messages and what happened to the media, without secrets, in the order in which they passed; also of calls that ended of late, as long as " +
      "`call_records.ladder_mb` has room. As text they are drawn as a ladder.",
  ),
  params,
  querystring: Type.Object(
    {
      format: Type.Optional(
        Type.Unsafe<"json" | "text">({
          type: "string",
          enum: ["json", "text"],
          default: "json",
          description: "`text`: a drawing for a terminal.",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: {
      description: "The ladder.",
      content: {
        "application/json": { schema: ladderSchema },
        "text/plain": { schema: Type.Unsafe<string>({ type: "string", examples: [drawing] }) },
      },
    },
  },
};

const download = {
  ...describe(
    "downloadCallLadder",
    "Download the SIP messages of a call as pcap",
    "Each message is a datagram of UDP with the addresses and ports it had, for every transport. Secrets are left out.",
  ),
  params,
  response: {
    200: {
      description: "The file.",
      content: {
        [pcapType]: {
          schema: Type.Unsafe<Uint8Array>({
            type: "string",
            contentMediaType: pcapType,
            examples: ["(pcap)"],
          }),
        },
      },
    },
  },
};

export function ladderRoutes(api: Api, ladders: LadderFinder): void {
  const find = (id: string): Ladder => {
    const ladder = ladders.find(id);
    if (!ladder) throw new HttpRefusal("CALL_NOT_FOUND", `Nothing is kept of a call ${id}.`);
    return ladder;
  };

  api.get("/calls/:id/ladder", { schema: show, config: { scope: "admin" } }, async (request, reply) => {
    const ladder = find(request.params.id);
    if (request.query.format === "text") {
      return reply.type("text/plain; charset=utf-8").send(drawLadder(ladder));
    }
    const { callIds, ended, left, entries } = ladder;
    return { call_ids: [...callIds], ended, left_out: left, entries: entries.map(entryOnWire) };
  });

  api.get(
    "/calls/:id/ladder.pcap",
    { schema: download, config: { scope: "admin" } },
    async (request, reply) =>
      reply
        .type(pcapType)
        .header("content-disposition", 'attachment; filename="ladder.pcap"')
        .send(ladderToPcap(find(request.params.id))),
  );
}

function entryOnWire(entry: LadderEntry) {
  const at = new Date(entry.at).toISOString();
  if (entry.kind === "media") {
    const { kind, what, detail, count } = entry;
    return { at, kind, what, detail, count };
  }
  const { kind, direction, protocol, local, remote, callId, title, cseq, media } = entry;
  return {
    ...{ at, kind, direction, transport: protocol, local: hostPort(local), remote: hostPort(remote) },
    ...{ call_id: callId, title, cseq, ...(media !== "" && { session: media }), text: entry.text },
  };
}

const hostPort = ({ address, port }: LadderEnd): string => formatHostPort(address, port);
