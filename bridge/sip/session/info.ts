// INFO inside a session (RFC 6086, and the DTMF bodies that phones send with it): passed to the owner, which
// returns the status.
import { errorMessage } from "#common";
import type { ServerTransaction } from "../transaction/transaction.ts";
import { mediaType } from "./body.ts";
import type { SessionCore } from "./core.ts";
import { reply } from "./replies.ts";

export function answerInfo(core: SessionCore, transaction: ServerTransaction): void {
  const { request } = transaction;
  const contentType = mediaType(request.headers.get("Content-Type") ?? "");
  const body = new TextDecoder().decode(request.body);
  reply(core.ua, transaction, body === "" ? 200 : ask(core, contentType, body));
}

function ask(core: SessionCore, contentType: string, body: string): number {
  try {
    return core.handlers.onInfo(contentType, body);
  } catch (error) {
    core.log.error({ error: errorMessage(error) }, "INFO was not handled");
    return 500;
  }
}

export async function sendInfo(core: SessionCore, contentType: string, body: string): Promise<number> {
  const headers = [["Content-Type", contentType]] as const;
  return (await core.request("INFO", { headers, body: new TextEncoder().encode(body) })).status;
}
