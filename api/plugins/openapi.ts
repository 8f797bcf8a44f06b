// Describes the API from the schemas of its routes (OpenAPI 3.1) and serves the description without a key: it
// says nothing about this installation. Every operation gets the one problem body for its refusals.
import swagger from "@fastify/swagger";
import { Type } from "typebox";
import type { Api } from "../options.ts";
import { problemSchema } from "./problem.ts";

const problemContent = { "application/problem+json": { schema: Type.Ref("Problem") } };

const refusals = {
  "4xx": { description: "The request is refused.", content: problemContent },
  "5xx": { description: "Parley cannot answer.", content: problemContent },
};

/** Before any route is declared. */
export async function describeApi(app: Api, version: string): Promise<void> {
  app.addSchema(problemSchema);
  app.addHook("onRoute", (route) => {
    if (!route.schema || route.schema.hide) return;
    route.schema.response = { ...(route.schema.response as object), ...refusals };
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Parley", version, description: "The control plane of a Parley conference bridge." },
      servers: [{ url: "/" }],
      tags: [
        { name: "Conference", description: "Rooms, the people in them, and the servers that host them." },
        { name: "Events", description: "What happens, in order, to read and to follow." },
        { name: "Webhooks", description: "Addresses that events are sent to." },
        { name: "System", description: "How the bridge itself is doing." },
      ],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "The API key as a bearer token." },
          apiKey: { type: "apiKey", in: "header", name: "X-API-KEY", description: "The API key." },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
    refResolver: { buildLocalReference: (schema) => String(schema["$id"]) },
  });
  app.get("/api/openapi.json", { schema: { hide: true } }, () => app.swagger());
}
