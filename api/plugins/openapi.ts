// Describes the API from the schemas of its routes (OpenAPI 3.1) and serves the description without a key: it
// says nothing about this installation. Every operation gets the one problem body for its refusals.

import swagger from "@fastify/swagger";
import type { FastifySchema } from "fastify";
import { Type } from "typebox";
import type { Api } from "../instance.ts";
import { completeDescription, type Description } from "./complete-description.ts";
import { problemSchema } from "./problem.ts";

const refusal = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: Type.Ref("Problem") } },
});

/** What this operation may be refused with, besides what any may be. */
function refusals(url: string, { body, querystring, security }: FastifySchema): object {
  const fields = body !== undefined || querystring !== undefined;
  return {
    ...(fields && {
      400: refusal("A field or parameter is missing, unknown or out of its limits."),
    }),
    ...(security?.length !== 0 && { 401: refusal("There is no valid API key with the request.") }),
    ...(url.includes("/:") && { 404: refusal("There is nothing with this id.") }),
    "4xx": refusal("The request is refused."),
    "5xx": refusal("Parley cannot answer."),
  };
}

/** Before any route is declared. */
export async function describeApi(app: Api, version: string): Promise<void> {
  app.addSchema(problemSchema);
  app.addHook("onRoute", (route) => {
    if (!route.schema || route.schema.hide) return;
    const { url, schema } = route;
    schema.response = { ...refusals(url, schema), ...(schema.response as object) };
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Parley",
        version,
        description: "The control plane of a Parley conference bridge.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/" }],
      tags: [
        { name: "Conference", description: "Rooms, the people in them, and the servers that host them." },
        {
          name: "Meet",
          description: "Rooms with roles, links and members, as clients of the meet API know them.",
        },
        { name: "Participants", description: "People of other applications, brought into rooms." },
        { name: "Join", description: "What the holder of a join token may ask and do." },
        { name: "Self-service", description: "Rooms that users make and administer by themselves." },
        { name: "Chat", description: "The files that are sent in rooms." },
        { name: "Events", description: "What happens, in order, to read and to follow." },
        { name: "Webhooks", description: "Addresses that events are sent to." },
        {
          name: "Access",
          description: "Access to this API: keys, users, logins and the audit of their changes.",
        },
        { name: "Accounts", description: "Extensions that register with the bridge itself." },
        { name: "Calls", description: "Calls while they last, and their records afterwards." },
        { name: "Recordings", description: "The files of recordings." },
        { name: "System", description: "How the bridge itself is doing." },
      ],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "An API key or access token." },
          joinToken: { type: "http", scheme: "bearer", description: "The join token of a link." },
          participantToken: {
            type: "http",
            scheme: "bearer",
            description: "The `auth_token` of a participant; good in its room.",
          },
          refreshToken: {
            type: "http",
            scheme: "bearer",
            description: "The `refresh_token` of a participant. It works once.",
          },
          roomMemberToken: {
            ...{ type: "apiKey", in: "header", name: "X-Room-Member-Token" },
            description: "The join token of a member or of a link, for its own room.",
          },
          apiKey: { type: "apiKey", in: "header", name: "X-API-KEY", description: "The API key." },
          ticket: {
            type: "apiKey",
            in: "query",
            name: "ticket",
            description: "A ticket for one reader of events, from `POST /api/events/tickets`.",
          },
          signedLink: {
            type: "apiKey",
            in: "query",
            name: "signature",
            description: "The signature of a link to a file, with the `expires` that belongs to it.",
          },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
    transformObject(document) {
      if ("openapiObject" in document) {
        completeDescription(document.openapiObject as Description);
        return document.openapiObject;
      }
      return document.swaggerObject;
    },
    refResolver: { buildLocalReference: (schema) => String(schema["$id"]) },
  });
  app.get("/api/openapi.json", { schema: { hide: true }, config: { scope: "public" } }, () => app.swagger());
}
