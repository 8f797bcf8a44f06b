// The operations on webhooks: the addresses to which events are sent, and the state of deliveries.

import type { RoomId } from "#common";
import type { Rooms } from "#conference/rooms";
import type { Webhooks } from "#services/webhooks";
import { noContentResponse, okResponse, unwrap } from "../conference/operation.ts";
import type { Api } from "../instance.ts";
import {
  HttpRefusal,
  type Idempotency,
  idempotencyHeaders,
  refuseBody,
  refuseFields,
} from "../plugins/index.ts";
import { changesOf, without } from "../read-only.ts";
import { toWire } from "../wire.ts";
import {
  attemptSchema,
  createdWebhookSchema,
  createWebhookSchema,
  deliveriesQuery,
  deliveryListSchema,
  deliveryParams,
  deliverySchema,
  fixedWebhookFields,
  movingWebhookFields,
  secretSchema,
  updateWebhookSchema,
  webhookListSchema,
  webhookParams,
  webhookSchema,
} from "./schemas.ts";

const describe = (operationId: string, summary: string) => ({ tags: ["Webhooks"], operationId, summary });

const list = {
  ...describe("listWebhooks", "List the webhooks"),
  description: "All of them, in the order in which they were made, without their secrets.",
  response: { 200: webhookListSchema },
};

const create = {
  ...describe("createWebhook", "Make a webhook"),
  description:
    "The secret is in this answer and nowhere else, not in the answer to a repetition (Idempotency-Key). Events from now on are sent.",
  headers: idempotencyHeaders,
  body: createWebhookSchema,
  response: { 201: createdWebhookSchema },
};

const show = {
  ...describe("getWebhook", "Show a webhook"),
  description: "With its place in the log of events, and without its secret.",
  params: webhookParams,
  response: { 200: webhookSchema },
};

const update = {
  ...describe("updateWebhook", "Change a webhook"),
  description:
    "Fields that are absent stay as they are. Disabling gives up what is tried again; enabling begins with the next event.",
  params: webhookParams,
  body: updateWebhookSchema,
  response: okResponse,
};

const destroy = {
  ...describe("deleteWebhook", "Destroy a webhook"),
  description: "Its deliveries are forgotten.",
  params: webhookParams,
  response: noContentResponse,
};

const rotate = {
  ...describe("rotateWebhookSecret", "Replace a webhook's secret"),
  description: "For a day both secrets sign; a secret that was being replaced already ends at once.",
  params: webhookParams,
  response: { 200: secretSchema },
};

const test = {
  ...describe("testWebhook", "Send a test"),
  description:
    "Sends an event `webhook.test` at once and answers with what came of it. It is not tried again. A webhook with the format " +
    "`meet` is sent a `meetingStarted` of a room that there is not.",
  params: webhookParams,
  response: { 200: attemptSchema },
};

const deliveries = {
  ...describe("listWebhookDeliveries", "List what was sent"),
  description: "What is tried again, and the last thousand that are over; the newest first.",
  params: webhookParams,
  querystring: deliveriesQuery,
  response: { 200: deliveryListSchema },
};

const delivery = {
  ...describe("getWebhookDelivery", "Show a delivery"),
  description: "What was sent, each try of it, and what the receiver answered.",
  params: deliveryParams,
  response: { 200: deliverySchema },
};

const redeliver = {
  ...describe("redeliverWebhookDelivery", "Send a delivery once more"),
  description:
    "Sends the same event with the same `webhook-id` at once and answers with what came of it. A pending delivery goes " +
    "on being tried when this fails.",
  params: deliveryParams,
  response: { 200: attemptSchema },
};

export interface WebhookRoutesOptions {
  readonly webhooks: Webhooks;
  readonly idempotency: Idempotency;
  readonly rooms: Pick<Rooms, "get">;
}

export function webhookRoutes(api: Api, { webhooks, idempotency, rooms }: WebhookRoutesOptions): void {
  /** Of a room that there is not, nothing would ever be sent. */
  async function checkRoom(room: string | null | undefined): Promise<void> {
    if (room === undefined || room === null || (await rooms.get(room as RoomId))) return;
    throw refuseFields([{ field: "room", message: "must be the id of a room", code: "INVALID_FIELD" }]);
  }

  const one = "/webhooks/:id";
  const config = { scope: "admin" } as const;
  const commands = { preValidation: refuseBody, config };

  api.get("/webhooks", { schema: list, config }, async () => {
    const items = webhooks.list();
    return { count: items.length, items: items.map(toWire) };
  });

  api.post("/webhooks", { schema: create, config }, async (request, reply) => {
    let secret: string | undefined;
    const { headers, body } = await idempotency.once(request, async () => {
      await checkRoom(request.body.room);
      const made = unwrap(await webhooks.create(request.body));
      // The answer is stored in the database for repetitions of the request; the secret must not be.
      secret = made.secret;
      return { headers: { location: `/api/webhooks/${made.webhook.id}` }, body: toWire(made.webhook) };
    });
    return reply
      .code(201)
      .headers(headers)
      .send({ ...body, ...(secret !== undefined && { secret }) });
  });

  api.get(one, { schema: show, config }, async (request) => {
    const webhook = webhooks.get(request.params.id);
    if (webhook) return toWire(webhook);
    throw webhookNotFound(request.params.id);
  });

  api.post(one, { schema: update, config }, async (request) => {
    const { id } = request.params;
    const before = webhooks.get(id);
    if (!before) throw webhookNotFound(id);
    const given = without(request.body, movingWebhookFields);
    const changes = changesOf(given, fixedWebhookFields, toWire(before));
    if (changes.room !== before.room) await checkRoom(changes.room);
    unwrap(await webhooks.update(id, changes));
    return {};
  });

  api.post(`${one}/destroy`, { schema: destroy, ...commands }, async (request, reply) => {
    unwrap(await webhooks.destroy(request.params.id));
    return reply.code(204).send(null);
  });

  api.post(`${one}/rotate_secret`, { schema: rotate, ...commands }, async (request) =>
    toWire(unwrap(await webhooks.rotateSecret(request.params.id))),
  );

  api.post(`${one}/test`, { schema: test, ...commands }, async (request) =>
    toWire(unwrap(await webhooks.test(request.params.id))),
  );

  api.get(`${one}/deliveries`, { schema: deliveries, config }, async (request) => {
    const { skip = 0, top = 20, state } = request.query;
    const query = { skip, top, ...(state && { state }) };
    const { count, items } = unwrap(await webhooks.deliveries(request.params.id, query));
    return { count, items: items.map(({ webhook: _webhook, ...shown }) => toWire(shown)) };
  });

  api.get(`${one}/deliveries/:delivery_id`, { schema: delivery, config }, async (request) => {
    const { id, delivery_id } = request.params;
    const { webhook: _webhook, ...shown } = unwrap(await webhooks.delivery(id, delivery_id));
    return toWire(shown);
  });

  api.post(
    `${one}/deliveries/:delivery_id/redeliver`,
    { schema: redeliver, ...commands },
    async (request) => {
      const { id, delivery_id } = request.params;
      return toWire(unwrap(await webhooks.redeliver(id, delivery_id)));
    },
  );
}

const webhookNotFound = (id: string): HttpRefusal =>
  new HttpRefusal("WEBHOOK_NOT_FOUND", `There is no webhook with the id ${id}.`);
