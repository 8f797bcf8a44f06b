// The headers of what browsers are shown: its type, what it may load, and no more about where it came from than needed.
import type { FastifyReply } from "fastify";

/** `policy`: its Content-Security-Policy. */
export const pageHeaders = (reply: FastifyReply, type: string, policy: string): FastifyReply =>
  reply
    .type(type)
    .header("content-security-policy", policy)
    .header("x-content-type-options", "nosniff")
    .header("referrer-policy", "no-referrer");
