// The operations on keys, users, logins and the audit log. Paths are below /api.
import type { Api } from "../instance.ts";
import type { ApiOptions } from "../options.ts";
import { Idempotency } from "../plugins/index.ts";
import { adminKeyRoute } from "./admin-key.ts";
import { auditRoutes } from "./audit.ts";
import { keyRoutes } from "./keys.ts";
import { loginRoutes } from "./logins.ts";
import { oidcUserRoutes } from "./oidc-users.ts";
import { userRoutes } from "./users.ts";

export async function accessRoutes(api: Api, { access, idempotencyStore, clock }: ApiOptions): Promise<void> {
  const idempotency = new Idempotency(idempotencyStore, clock);
  adminKeyRoute(api, access);
  keyRoutes(api, access.keys, idempotency);
  userRoutes(api, access.users, idempotency);
  oidcUserRoutes(api, access.oidcUsers);
  auditRoutes(api, access.audit);
  // Forms are read by these routes alone.
  await api.register(async (logins: Api) => loginRoutes(logins, access));
}
