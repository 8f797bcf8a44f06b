// GET /healthz: whether this bridge can take calls, for load balancers and service managers. 200 only when all
// is up. No key, so it names the parts and never says anything about rooms.

import { Type } from "typebox";
import type { Api } from "../instance.ts";

const healthStatuses = ["ok", "starting", "draining", "failed"] as const;

export type HealthStatus = (typeof healthStatuses)[number];

export interface HealthCheck {
  readonly up: boolean;
  /** One sentence for the operator when it is not up. */
  readonly detail?: string;
}

export interface Health {
  readonly status: HealthStatus;
  /** Part of the bridge (`sip`, `media`, `database` …) → how it is. */
  readonly checks: Readonly<Record<string, HealthCheck>>;
}

export type ReadHealth = () => Health;

const healthSchema = Type.Object({
  status: Type.Unsafe<HealthStatus>({
    type: "string",
    enum: [...healthStatuses],
    description: "The whole bridge.",
  }),
  checks: Type.Record(
    Type.String(),
    Type.Object({ up: Type.Boolean(), detail: Type.Optional(Type.String()) }),
    { description: "Its parts by name, each with one sentence when it is not up." },
  ),
});

const examples = {
  ok: {
    status: "ok",
    checks: { sip: { up: true }, media: { up: true }, database: { up: true }, disk: { up: true } },
  },
  failed: { status: "failed", checks: { sip: { up: true }, media: { up: false, detail: "no worker" } } },
};

export function healthRoute(app: Api, health: ReadHealth): void {
  const schema = {
    tags: ["System"],
    operationId: "getHealth",
    summary: "Tell whether the bridge is up",
    description: "For load balancers and service managers: 200 only while new calls can be taken.",
    security: [],
    response: {
      200: { ...healthSchema, description: "All is up.", examples: [examples.ok] },
      503: { ...healthSchema, description: "Something is not up.", examples: [examples.failed] },
    },
  };
  app.get("/healthz", { schema, config: { scope: "public" } }, async (_request, reply) => {
    const { status, checks } = health();
    const up = status === "ok" && Object.values(checks).every((check) => check.up);
    return reply
      .code(up ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: status === "ok" && !up ? "failed" : status, checks });
  });
}
