// GET /api/events in its three forms: a list to read on from, server-sent events, a WebSocket. They share their
// filters, their place in the log, and who may read.

import type { WebSocket } from "@fastify/websocket";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import type { Clock } from "#common";
import type { Access } from "#services/access";
import { assertReadable, EventsGone, isEventPattern, matcherOf, replay } from "#services/events";
import type { Api } from "../instance.ts";
import {
  type Authenticate,
  HttpRefusal,
  type OpenStreams,
  permits,
  refuseBody,
  refuseFields,
} from "../plugins/index.ts";
import { eventExample, eventListSchema, eventsQuery, ticketSchema } from "./schemas.ts";
import { EventSession, type Sink } from "./session.ts";
import { SocketSink } from "./socket.ts";
import type { EventSource } from "./source.ts";
import { SseSink } from "./sse.ts";
import { Tickets } from "./tickets.ts";

export interface EventRoutesOptions {
  readonly source: EventSource;
  readonly clock: Clock;
  readonly authenticate: Authenticate;
  readonly access: Pick<Access, "renew">;
  readonly streams: OpenStreams;
}

type Query = Static<typeof eventsQuery>;

interface OpenSession {
  readonly release: () => void;
  /** Whose it is. */
  readonly reader: string;
}

const maxReaders = 200;
/** Of one key or user: none of them keeps the others away. */
const maxReadersPerOwner = 100;
const usualTop = 100;

const read = {
  tags: ["Events"],
  operationId: "readEvents",
  summary: "Read or follow the events",
  description:
    "As JSON: events behind `after`. With `Accept: text/event-stream`: a stream of server-sent events that begins " +
    "with a snapshot of the rooms on call. With an upgrade to WebSocket: the same stream, one JSON object a message.",
  querystring: eventsQuery,
  security: [{ bearer: ["read"] }, { apiKey: ["read"] }, { ticket: [] }],
  response: {
    200: {
      description: "Events.",
      content: {
        "application/json": { schema: eventListSchema },
        "text/event-stream": {
          schema: Type.Unsafe<string>({
            type: "string",
            description: "Server-sent events; the id of a message is the number of the event.",
            examples: [`id: 1042\ndata: ${JSON.stringify(eventExample)}\n\n`],
          }),
        },
      },
    },
  },
};

const makeTicket = {
  tags: ["Events"],
  operationId: "createEventsTicket",
  summary: "Make a ticket for one reader of events",
  description:
    "For a browser's WebSocket, which cannot send a key: `GET /api/events?ticket=…` within 30 seconds, once.",
  response: { 201: ticketSchema },
};

export function eventRoutes(api: Api, options: EventRoutesOptions): void {
  const { source, clock, authenticate, access, streams } = options;
  const tickets = new Tickets(clock);
  const sessions = new Map<EventSession, OpenSession>();
  api.addHook("preClose", async () => {
    for (const session of sessions.keys()) session.stop("STOPPING");
  });

  async function admit(request: FastifyRequest): Promise<void> {
    const { ticket } = request.query as Query;
    if (ticket === undefined) return authenticate(request);
    const opened = typeof ticket === "string" ? tickets.take(ticket) : undefined;
    // The present rights of the key or the user count, not those at the time of the ticket.
    const principal = opened?.holder && (await access.renew(opened.holder));
    if (principal && permits(principal, "read")) {
      request.principal = principal;
      return;
    }
    throw new HttpRefusal(
      "UNAUTHENTICATED",
      "This ticket is not valid: it is used, expired or none of ours.",
    );
  }

  function open(request: FastifyRequest, sink: Sink): EventSession {
    const query = request.query as Query;
    const { room } = query;
    const options = {
      source,
      clock,
      sink,
      room,
      matches: matcherOf(filterOf(query)),
      after: placeOf(request),
    };
    const session = new EventSession(options);
    const end = () => session.stop("REVOKED");
    const { principal } = request;
    // A ticket is shown elsewhere than the key: the key's addresses do not bind it.
    const release =
      query.ticket !== undefined && principal
        ? streams.hold({ holder: principal, address: undefined, need: "read", end })
        : streams.holdFor(request, end);
    sessions.set(session, { release, reader: readerOf(request) });
    return session;
  }

  function close(session: EventSession): void {
    session.close();
    sessions.get(session)?.release();
    sessions.delete(session);
  }

  function overSse(request: FastifyRequest, reply: FastifyReply): void {
    const after = placeOf(request);
    if (after !== undefined) assertReadable(source.log, after);
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "x-content-type-options": "nosniff",
      "x-accel-buffering": "no",
    });
    response.flushHeaders();
    const session = open(request, new SseSink(response, clock));
    response.once("close", () => close(session));
    response.on("error", () => close(session));
  }

  function overSocket(socket: WebSocket, request: FastifyRequest): void {
    const session = open(request, new SocketSink(socket, clock));
    socket.once("close", () => close(session));
  }

  /** Everything that can be wrong is found before a stream begins. */
  async function check(request: FastifyRequest): Promise<void> {
    filterOf(request.query as Query);
    placeOf(request);
    if (!opensStream(request)) return;
    if (sessions.size >= maxReaders) throw tooManyReaders(`At most ${maxReaders}`);
    const reader = readerOf(request);
    const own = [...sessions.values()].filter((session) => session.reader === reader).length;
    if (own >= maxReadersPerOwner) throw tooManyReaders(`At most ${maxReadersPerOwner} of one key or user`);
  }

  api.route({
    method: "GET",
    url: "/events",
    schema: read,
    config: { scope: "read" },
    exposeHeadRoute: false,
    onRequest: admit,
    preHandler: check,
    wsHandler: overSocket,
    handler: async (request, reply) => {
      try {
        if (wantsSse(request)) return overSse(request, reply);
        const { log } = source;
        const query = request.query;
        const after = placeOf(request) ?? log.oldest - 1;
        const matches = matcherOf(filterOf(query));
        const { events, next } = await replay(log, { after, top: query.top ?? usualTop, matches });
        return reply.send({ items: [...events], next, oldest: log.oldest, newest: log.newest });
      } catch (error) {
        throw error instanceof EventsGone ? goneRefusal(error) : error;
      }
    },
  });

  api.post(
    "/events/tickets",
    { schema: makeTicket, config: { scope: "read" }, onRequest: authenticate, preValidation: refuseBody },
    async (request, reply) => {
      const { ticket, expiresAt } = tickets.issue(request.principal);
      return reply.code(201).send({ ticket, expires_at: expiresAt });
    },
  );
}

const wantsSse = (request: FastifyRequest): boolean =>
  request.headers.accept?.toLowerCase().includes("text/event-stream") ?? false;

const opensStream = (request: FastifyRequest): boolean => request.ws || wantsSse(request);

function filterOf({ types, room }: Query) {
  const patterns =
    types === undefined || types === "" ? [] : types.split(",").map((pattern) => pattern.trim());
  const unknown = patterns.find((pattern) => !isEventPattern(pattern));
  if (unknown !== undefined) {
    const message = `${JSON.stringify(unknown.slice(0, 50))} is no type of event`;
    throw refuseFields([{ field: "types", message }]);
  }
  return { types: patterns, room };
}

/** What the reader has already: as a browser says it when it reconnects, else as asked for. */
function placeOf(request: FastifyRequest): number | undefined {
  const last = request.headers["last-event-id"];
  if (last === undefined || last === "") return (request.query as Query).after;
  if (typeof last === "string" && /^\d{1,15}$/.test(last)) return Number(last);
  throw refuseFields([{ field: "Last-Event-ID", message: "must be the number of an event" }]);
}

const readerOf = ({ principal }: FastifyRequest): string => `${principal?.kind} ${principal?.id}`;

const tooManyReaders = (most: string): HttpRefusal =>
  new HttpRefusal("TOO_MANY_READERS", `${most} follow the events at once.`, {
    headers: { "retry-after": "10" },
  });

const goneRefusal = (error: EventsGone): HttpRefusal =>
  new HttpRefusal("EVENTS_GONE", error.message, { oldest: error.oldest });
