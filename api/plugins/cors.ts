// Pages of other origins that may use the API from a browser: none unless configured. Cookies are never involved, so a
// page gets nowhere without a credential of its own.

import cors from "@fastify/cors";
import type { Api } from "../instance.ts";

const preflightSeconds = 600;

/** What our operations read beyond what browsers send unasked. */
const requestHeaders = [
  ...["Authorization", "X-API-KEY", "X-Room-Member-Token", "Parley-Call", "Content-Type", "Idempotency-Key"],
  ...["If-Match", "If-None-Match", "If-Range", "Range", "Last-Event-ID"],
];
/** What our answers say beyond what pages may read unasked. */
const answerHeaders = [
  ...["ETag", "Location", "Retry-After", "X-Request-Id", "WWW-Authenticate", "Allow"],
  ...["Content-Disposition", "Content-Range", "Accept-Ranges", "Accept-Encoding"],
];

export async function allowOrigins(app: Api, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: origins.includes("*") ? "*" : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: requestHeaders,
    exposedHeaders: answerHeaders,
    maxAge: preflightSeconds,
    strictPreflight: false,
  });
}
