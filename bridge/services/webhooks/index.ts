// Public interface of webhooks.
export type { MeetData } from "./meet-format.ts";
export { createSend, type Message, type Send, type SendOutcome } from "./send.ts";
export * from "./types.ts";
export { maxWebhooks, openWebhooks, type WebhooksOptions } from "./webhooks.ts";
