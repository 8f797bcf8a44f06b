// Who may use the API, over the API. Paths are below /api.
import type { Api, ApiOptions } from "../options.ts";
import { Idempotency } from "../plugins/index.ts";
import { keyRoutes } from "./keys.ts";

export function accessRoutes(api: Api, { access, answers, clock }: ApiOptions): void {
  const idempotency = new Idempotency(answers, clock);
  keyRoutes(api, access.keys, idempotency);
}
