// A receiver of webhooks: accepts only signed requests, answers before it processes an event, and processes each event once
// although it may come twice.
//
//   PARLEY_WEBHOOK_SECRET=whsec_… PORT=9000 node examples/webhook-receiver.ts
//
// The secret is in the answer to POST /api/webhooks {"url": "https://THIS-MACHINE/…"}. The bridge sends to private
// addresses only where webhooks.allow_private_networks is set. Plain http is taken too, and is readable on the way.
import { createServer, type IncomingMessage } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

interface ParleyEvent {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly room: string | null;
}

const webhook = new Webhook(process.env["PARLEY_WEBHOOK_SECRET"] ?? "");
const port = Number(process.env["PORT"] ?? 9000);
const maxBytes = 1024 * 1024;
/** Ids of events that were taken, the oldest first. A receiver that must survive restarts keeps them in its database. */
const taken = new Set<string>();
const maxTaken = 10_000;

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  if (body === undefined) return void response.writeHead(413, { connection: "close" }).end();
  let event: ParleyEvent;
  try {
    event = webhook.verify(body, request.headers as Record<string, string>) as ParleyEvent;
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error;
    console.log(`refused: ${error.message}`);
    return void response.writeHead(401).end();
  }
  response.writeHead(204).end();
  if (taken.has(event.id)) return;
  taken.add(event.id);
  if (taken.size > maxTaken) taken.delete(taken.values().next().value!);
  work(event);
});

/** Processes an event: the place for the receiver's own code. */
function work({ seq, type, room }: ParleyEvent): void {
  console.log(`${seq} ${type} ${room ?? "-"}`);
}

/** The signature is over these bytes, not over what a parser makes of them. Undefined: too long. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += (piece as Buffer).length;
    if (bytes > maxBytes) return undefined;
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString("utf8");
}

server.listen(port, () => console.log(`listening on port ${port}`));
