// The REST control plane, put together. A request passes, in this order:
//
//   bounds of the parser → its line in the log and its time → length of the address → known address and method
//   → key → body as JSON → schema → handler → schema of the answer
//
// and every refusal on the way leaves as the same problem body. Listening is the caller's.
import websocket from "@fastify/websocket";
import { fastify } from "fastify";
import { randomToken } from "#common";
import { conferenceRoutes } from "./conference/index.ts";
import { eventRoutes } from "./events/index.ts";
import { type Api, type ApiLimits, type ApiOptions, defaultLimits } from "./options.ts";
import {
  answerProblems,
  boundAddress,
  compileValidator,
  createAuthenticate,
  describeApi,
  Idempotency,
  keepOutOfCaches,
  logRequests,
  measureRequests,
  parseQuery,
  readJsonBodies,
  refuseConnection,
  sendProblem,
} from "./plugins/index.ts";
import { healthRoute, metricsRoute, sipTraceRoute } from "./system/index.ts";
import { noTrunks, trunkRoutes } from "./trunks.ts";
import { webhookRoutes } from "./webhooks/index.ts";

export async function createApi(options: ApiOptions): Promise<Api> {
  const { clock, log, metrics } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const authenticate = createAuthenticate(options.verifyKey, clock, limits.failedKeys, options.onBlocked);
  const app = createServer(options, limits);

  logRequests(app, log, clock);
  measureRequests(app, metrics, clock);
  boundAddress(app, limits.urlBytes);
  answerProblems(app, log);
  readJsonBodies(app);
  app.setValidatorCompiler(compileValidator);
  await app.register(websocket, { options: { maxPayload: limits.messageBytes } });
  await describeApi(app, options.version);

  healthRoute(app, options.health);
  metricsRoute(app, metrics, authenticate);
  await app.register(
    async (api: Api) => {
      api.addHook("onRequest", authenticate);
      api.addHook("onRequest", keepOutOfCaches);
      conferenceRoutes(api, options);
      webhookRoutes(api, options.webhooks, new Idempotency(options.answers, clock));
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

function createServer({ tls, log }: ApiOptions, limits: ApiLimits): Api {
  const parser = { maxHeaderSize: limits.headerBytes, connectionsCheckingInterval: limits.requestMs / 3 };
  const transport = tls ? { https: { ...parser, cert: tls.cert, key: tls.key } } : { http: parser };
  const app: Api = fastify({
    ...(transport as { http: typeof parser }),
    logger: false,
    genReqId: () => randomToken(8),
    bodyLimit: limits.bodyBytes,
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
  return app;
}
