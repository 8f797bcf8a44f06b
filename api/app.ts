// The REST control plane, put together. A request passes, in this order:
//
//   bounds of the parser → upgrade or not → its line in the log and its time → origin → rate of the source → length of the address
//   → known address and method → credential and its scope → rate of the credential → body as JSON → schema → its turn → handler → schema of the answer
//
// and every refusal on the way leaves as the same problem body. Listening is the caller's.

import type { Server as TlsServer } from "node:tls";
import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import type { CertificatePair } from "#bridge/access";
import { randomToken } from "#common";
import { accessRoutes } from "./access/index.ts";
import { callsRoutes } from "./calls/index.ts";
import { conferenceRoutes } from "./conference/index.ts";
import { docsRoutes } from "./docs/index.ts";
import { eventRoutes } from "./events/index.ts";
import { type Api, type ApiLimits, type ApiOptions, defaultLimits } from "./options.ts";
import { answerPlainHttp } from "./plain-http.ts";
import {
  allowOrigins,
  answerProblems,
  auditChanges,
  boundAddress,
  compileValidator,
  createAuthenticate,
  decideUpgrades,
  declareNeeds,
  describeApi,
  Idempotency,
  keepOutOfCaches,
  limitAddresses,
  limitCredentials,
  logRequests,
  measureRequests,
  parseQuery,
  readJsonBodies,
  refuseConnection,
  refuseWithBodies,
  requireHttps,
  requireOneHost,
  sendProblem,
  tagAnswers,
  takeTurns,
} from "./plugins/index.ts";
import { downloadRoutes } from "./recordings/index.ts";
import { healthRoute, metricsRoute, sipTraceRoute } from "./system/index.ts";
import { noTrunks, trunkRoutes } from "./trunks.ts";
import { webhookRoutes } from "./webhooks/index.ts";

export async function createApi(options: ApiOptions): Promise<Api> {
  const { clock, log, metrics } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const authenticate = createAuthenticate(options.access, clock, limits.failedKeys, options.onBlocked);
  const app = createServer(options, limits);

  app.decorateRequest("principal", undefined);
  decideUpgrades(app);
  logRequests(app, log, clock);
  measureRequests(app, metrics, clock);
  if (options.tls) requireHttps(app, options.tls);
  requireOneHost(app);
  await allowOrigins(app, options.origins ?? []);
  limitAddresses(app, clock, limits.addressRequestsPerSecond);
  boundAddress(app, limits.urlBytes);
  answerProblems(app, log);
  readJsonBodies(app);
  app.setValidatorCompiler(compileValidator);
  takeTurns(app);
  declareNeeds(app);
  await app.register(websocket, { options: { maxPayload: limits.messageBytes } });
  await describeApi(app, options.version);

  docsRoutes(app);
  healthRoute(app, options.health);
  metricsRoute(app, { registry: metrics, authenticate, open: options.openMetrics ?? false });
  if (options.downloads) downloadRoutes(app, { ...options.downloads, authenticate, clock });
  await app.register(
    async (api: Api) => {
      api.addHook("onRequest", authenticate);
      limitCredentials(api, clock, limits.keyRequestsPerSecond);
      api.addHook("onRequest", keepOutOfCaches);
      tagAnswers(api);
      auditChanges(api, options.access.audit);
      await conferenceRoutes(api, options);
      webhookRoutes(api, {
        webhooks: options.webhooks,
        idempotency: new Idempotency(options.answers, clock),
        rooms: options.rooms,
      });
      await accessRoutes(api, options);
      callsRoutes(api, options.calls);
      sipTraceRoute(api, options.sipTrace, clock);
      trunkRoutes(api, options.trunks ?? noTrunks);
    },
    { prefix: "/api" },
  );
  await app.register(
    async (api: Api) => {
      api.addHook("onRequest", keepOutOfCaches);
      eventRoutes(api, { source: options.events, clock, authenticate });
    },
    { prefix: "/api" },
  );
  return app;
}

function createServer({ tls, log, trustedProxies = [], publicName }: ApiOptions, limits: ApiLimits): Api {
  const parser = {
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: limits.requestMs / 3,
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
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply, log),
    clientErrorHandler: refuseConnection,
  });
  app.server.maxConnections = limits.connections;
  refuseWithBodies(app.server);
  if (tls) {
    // Connections that are open keep the certificate they began with.
    tls.onChange((pair) => (app.server as unknown as TlsServer).setSecureContext(pemOf(pair)));
    answerPlainHttp(app, publicName);
  }
  return app;
}

const pemOf = ({ cert, key }: CertificatePair) => ({ cert, key });
