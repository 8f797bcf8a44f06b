// POST /api/admin_key: another admin key, for `parley key new` beside a running bridge. Only an administrator of this machine
// may, over the bridge's own socket; so it is not in the description of the API.
import { Type } from "typebox";
import type { Access } from "#services/access";
import type { Api } from "../instance.ts";
import { HttpRefusal, refuseBody } from "../plugins/index.ts";

const schema = {
  hide: true,
  operationId: "replaceAdminKey",
  response: { 201: Type.Object({ key: Type.String() }) },
};

export function adminKeyRoute(api: Api, access: Pick<Access, "replaceAdminKey">): void {
  const config = { scope: "admin" } as const;
  api.post("/admin_key", { schema, preValidation: refuseBody, config }, async (request, reply) => {
    if (request.principal?.kind !== "machine") {
      throw new HttpRefusal(
        "INSUFFICIENT_SCOPE",
        "Only the parley command on the bridge's own machine may do this.",
      );
    }
    const key = await access.replaceAdminKey();
    if (key === undefined) {
      throw new HttpRefusal("ROUTE_NOT_FOUND", "api.admin_key is set in the configuration: change it there.");
    }
    return reply.code(201).send({ key });
  });
}
