// Pages of other origins that may use the API from a browser: none unless configured. Cookies are never involved, so a
// page gets nowhere without a credential of its own.

import cors from "@fastify/cors";
import type { Api } from "../instance.ts";

const preflightSeconds = 600;

export async function allowOrigins(app: Api, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: origins.includes("*") ? "*" : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: [
      ...["Authorization", "X-API-KEY", "Content-Type", "If-Match", "Idempotency-Key", "Last-Event-ID"],
    ],
    exposedHeaders: ["ETag", "Location", "Retry-After", "X-Request-Id"],
    maxAge: preflightSeconds,
    strictPreflight: false,
  });
}
