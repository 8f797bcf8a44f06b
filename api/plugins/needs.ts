// The scope that each operation needs, declared with its route: `config: { scope: "rooms" }`. A route that forgets it needs
// `admin`, and a test that walks all routes fails. The description of the API says the same.

import { covers, type Need, type Principal } from "#services/access";
import type { Api } from "../instance.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    scope?: Need;
  }
  interface FastifyInstance {
    /** `GET /api/…` → the declared need. */
    needs: ReadonlyMap<string, Need | undefined>;
  }
}

/** Before any route is declared. */
export function declareNeeds(app: Api): void {
  const needs = new Map<string, Need | undefined>();
  app.decorate("needs", needs);
  app.addHook("onRoute", ({ method, url, config, schema }) => {
    // The route of preflights answers in a hook.
    if (url === "*") return;
    const need = config?.scope;
    for (const one of [method].flat()) needs.set(`${one} ${url}`, need);
    if (!schema || schema.hide || schema.security) return;
    const words = need === undefined || need === "anyone" ? [] : [need];
    schema.security = need === "public" ? [] : [{ bearer: words }, { apiKey: words }];
  });
}

export const needOf = (declared: Need | undefined): Need => declared ?? "admin";

export const permits = ({ kind, scopes }: Pick<Principal, "kind" | "scopes">, need: Need): boolean =>
  need === "user" ? kind === "user" : covers(scopes, need);
