// The REST control plane, put together. A request passes, in this order:
//
//   a place among the connections → bounds of the parser → upgrade or not → its line in the log and its time → origin → open requests and rate of the source → length of the address
//   → known address and method → credential and its scope → rate of the credential → body as JSON → the same rights still → schema → its turn → handler → schema of the answer
//
// and every refusal on the way leaves as the same problem body. Listening is the caller's.

import type { Server as TlsServer } from "node:tls";
import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import { randomToken } from "#common";
import { UserRooms } from "#conference/members";
import type { CertificatePair } from "#services/access";
import { accessRoutes } from "./access/index.ts";
import { accountRoutes } from "./accounts/index.ts";
import { banRoutes, noBans } from "./bans.ts";
import { callsRoutes } from "./calls/index.ts";
import { chatFileRoutes } from "./chat/index.ts";
import { conferenceRoutes } from "./conference/index.ts";
import { boundConnections, boundRequests } from "./connections.ts";
import { docsRoutes } from "./docs/index.ts";
import { eventRoutes } from "./events/index.ts";
import type { Api } from "./instance.ts";
import {
  builtPage,
  joinLinkMakers,
  joinLinks,
  joinRoutes,
  pageRoutes,
  TokenHolders,
  tokenRoute,
} from "./join/index.ts";
import { type ApiLimits, defaultLimits } from "./limits.ts";
import { Callers, meetRoutes, PageTokens } from "./meet/index.ts";
import type { ApiOptions } from "./options.ts";
import { Credentials, participantRoutes } from "./participants/index.ts";
import { answerPlainHttp } from "./plain-http.ts";
import {
  type Authenticate,
  allowOrigins,
  answerProblems,
  auditChanges,
  boundAddress,
  buildSerializersWhenUsed,
  compileValidator,
  confirmWholeRequests,
  createAuthenticate,
  decideUpgrades,
  declareNeeds,
  describeApi,
  Idempotency,
  limitAddresses,
  limitCredentials,
  logRequests,
  measureRequests,
  OpenStreams,
  parseQuery,
  pathOfTarget,
  preventCaching,
  readJsonBodies,
  refuseConnection,
  refuseWithBodies,
  replyWhenDurable,
  requireHttps,
  requireOneHost,
  sendProblem,
  storeWhenDurable,
  tagAnswers,
  yieldBetweenRequests,
} from "./plugins/index.ts";
import { downloadRoutes } from "./recordings/index.ts";
import { selfServiceRoutes, userLinkMakers, userLinks } from "./self-service/index.ts";
import { sipSocketRoute, sipSubprotocol } from "./sip-socket.ts";
import { debugStateRoute, doctorRoute, healthRoute, metricsRoute, sipTraceRoute } from "./system/index.ts";
import { noTrunks, trunkRoutes } from "./trunks.ts";
import { webhookRoutes } from "./webhooks/index.ts";

/** Unless the configuration says otherwise. */
const maxRoomsOfUser = 100;

export async function createApi(options: ApiOptions): Promise<Api> {
  const { clock, log, metrics } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const { log: events } = options.events;
  const stored = { ...options, idempotencyStore: storeWhenDurable(options.idempotencyStore, events, clock) };
  const { access } = options;
  const authenticate = createAuthenticate(access, options.onBlocked);
  const streams = new OpenStreams({ access, clock, log });
  const app = createServer(options, limits);

  app.decorateRequest("principal", undefined);
  app.decorateRequest("failedLogin", undefined);
  app.decorateRequest("participant", undefined);
  decideUpgrades(app);
  logRequests(app, log, clock);
  measureRequests(app, metrics, clock);
  if (options.tls) requireHttps(app, options.tls);
  requireOneHost(app);
  await allowOrigins(app, options.origins ?? []);
  boundRequests(app, limits.requestsPerAddress);
  limitAddresses(app, clock, limits.addressRequestsPerSecond);
  boundAddress(app, limits.urlBytes);
  answerProblems(app, log);
  readJsonBodies(app);
  app.setValidatorCompiler(compileValidator);
  yieldBetweenRequests(app);
  declareNeeds(app);
  tagAnswers(app);
  await app.register(websocket, {
    options: { maxPayload: limits.messageBytes, autoPong: false, handleProtocols: chooseSubprotocol },
  });
  boundConnections(app.server, {
    total: limits.connections,
    perAddress: limits.connectionsPerAddress,
    trustedProxies: options.trustedProxies ?? [],
  });
  await describeApi(app, options.version);

  /** What an operation with a credential passes through, which is judged by `judge`. */
  const guard = (api: Api, judge: Authenticate): void => {
    api.addHook("onRequest", judge);
    limitCredentials(api, clock, limits.keyRequestsPerSecond);
    confirmWholeRequests(api, access);
    api.addHook("onRequest", preventCaching);
    auditChanges(api, access.audit);
    replyWhenDurable(api, events, clock);
  };

  const { webPhones, calls, rooms, members, provisioning } = options;
  const chat = options.chat && { ...options.chat, clock };
  const maxRooms = options.maxRoomsOfUser ?? maxRoomsOfUser;
  const userRooms = new UserRooms({ rooms, members, maxRooms });
  docsRoutes(app);
  pageRoutes(app, options.page ?? builtPage);
  healthRoute(app, options.health);
  metricsRoute(app, { registry: metrics, authenticate, open: options.openMetrics ?? false });
  if (options.sipSockets) {
    const { sipSockets: sockets, origins = [], publicName = "" } = options;
    sipSocketRoute(app, { sockets, origins, publicName });
  }
  if (options.downloads) downloadRoutes(app, { ...options.downloads, authenticate, access, streams, clock });
  await app.register(
    async (api: Api) => {
      guard(api, authenticate);
      await conferenceRoutes(api, stored);
      webhookRoutes(api, {
        webhooks: options.webhooks,
        idempotency: new Idempotency(stored.idempotencyStore, clock),
        rooms: options.rooms,
      });
      await accessRoutes(api, stored);
      if (options.accounts)
        accountRoutes(api, options.accounts, new Idempotency(stored.idempotencyStore, clock));
      callsRoutes(api, {
        ...{ calls: options.calls, dumps: options.dumps, ladders: options.ladders },
        ...{ audit: access.audit, streams },
      });
      debugStateRoute(api, options.debugState);
      doctorRoute(api, options.examine ?? (async () => []));
      sipTraceRoute(api, { trace: options.sipTrace, clock, streams });
      trunkRoutes(api, options.trunks ?? noTrunks);
      banRoutes(api, options.bans ?? noBans);
      selfServiceRoutes(api, {
        ...{ rooms, members, userRooms, access, chat, idempotencyStore: stored.idempotencyStore, clock },
        joinPage: webPhones?.address.joinPage,
      });
    },
    { prefix: "/api" },
  );
  await app.register(
    async (api: Api) => {
      api.addHook("onRequest", preventCaching);
      confirmWholeRequests(api, access);
      eventRoutes(api, { source: options.events, clock, authenticate, access, streams });
    },
    { prefix: "/api" },
  );
  const holders = webPhones && new TokenHolders({ ...webPhones, rooms, members, calls: calls.live });
  await app.register(
    async (api: Api) => {
      const callers = new Callers({ authenticate, holders, members });
      guard(api, (request) => callers.judge(request));
      meetRoutes(api, {
        ...{ rooms, members, userRooms, callers, clock, log },
        owners: access,
        pages: new PageTokens(options.pageSecret ?? randomToken(32)),
        joinPage: webPhones?.address.joinPage ?? "/join/",
      });
    },
    { prefix: "/api/v1" },
  );
  if (webPhones && provisioning) {
    await app.register(
      async (api: Api) => {
        const { tokens } = webPhones;
        const credentials = new Credentials({ tokens, members, provisioning, authenticate });
        guard(api, (request) => credentials.check(request));
        api.addHook("preValidation", (request) => credentials.confirm(request));
        participantRoutes(api, { provisioning, credentials });
      },
      { prefix: "/api/v1" },
    );
  }
  if (webPhones) {
    await app.register(
      async (api: Api) => {
        api.addHook("onRequest", preventCaching);
        replyWhenDurable(api, events, clock);
        const files = options.downloads?.recordings;
        await api.register(async (own: Api) => {
          auditChanges(own, access.audit);
          joinRoutes(own, {
            ...{ ...webPhones, rooms, members, files, calls: calls.live, clock },
            ...(chat && { chat }),
          });
        });
        tokenRoute(api, { rooms, members, access, tokens: webPhones.tokens, clock });
      },
      { prefix: "/api" },
    );
  }
  if (chat) {
    const makers = {
      [userLinks]: userLinkMakers({ rooms, members, access }),
      ...(webPhones && { [joinLinks]: joinLinkMakers(rooms) }),
    };
    await app.register(async (api: Api) => chatFileRoutes(api, { ...chat, makers }), { prefix: "/api" });
  }
  return app;
}

function createServer({ tls, log, trustedProxies = [], publicName }: ApiOptions, limits: ApiLimits): Api {
  const parser = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.ceil(limits.headersMs / 3),
    // Refused with a body, in a hook.
    requireHostHeader: false,
  };
  const transport = tls
    ? { https: { ...parser, ...pemOf(tls.current), handshakeTimeout: limits.handshakeMs } }
    : { http: parser };
  const app: Api = fastify({
    ...(transport as { http: typeof parser }),
    logger: false,
    genReqId: () => randomToken(8),
    rewriteUrl: pathOfTarget,
    bodyLimit: limits.bodyBytes,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    requestTimeout: limits.requestMs,
    handlerTimeout: limits.handlerMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    forceCloseConnections: "idle",
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: limits.parameterBytes,
      querystringParser: parseQuery,
    },
    schemaController: { compilersFactory: { buildSerializer: buildSerializersWhenUsed } },
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, log),
    clientErrorHandler: refuseConnection,
  });
  refuseWithBodies(app.server);
  if (tls) {
    // Connections that are open keep the certificate they began with.
    tls.onChange((pair) => (app.server as unknown as TlsServer).setSecureContext(pemOf(pair)));
    answerPlainHttp(app, publicName);
  }
  return app;
}

const pemOf = ({ cert, key }: CertificatePair) => ({ cert, key });

/** A client that offers `sip` gets it, and any other the first that it offers (RFC 6455 §1.9). */
const chooseSubprotocol = (offered: ReadonlySet<string>): string | false =>
  offered.has(sipSubprotocol) ? sipSubprotocol : ([...offered][0] ?? false);
