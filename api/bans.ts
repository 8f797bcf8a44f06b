// GET /api/bans: sources whose SIP is not read for a while, and why; DELETE lifts the bans of one or of all.
import { isIP } from "node:net";
import { Type } from "typebox";
import { noContentResponse } from "./conference/operation.ts";
import type { Api } from "./instance.ts";
import { HttpRefusal, refuseBody } from "./plugins/index.ts";

const offences = ["unauthenticated", "credentials", "malformed", "flood", "scanner"] as const;

/** Times are milliseconds since the Unix epoch. */
export interface BanReport {
  readonly source: string;
  readonly address: string;
  readonly user: string | undefined;
  readonly offence: (typeof offences)[number];
  readonly since: number;
  readonly until: number;
  readonly times: number;
}

export interface BanControl {
  bans(): readonly BanReport[];
  /** Of the address' source, or all; how many there were. */
  lift(address?: string): number;
}

export const noBans: BanControl = { bans: () => [], lift: () => 0 };

const instant = (description: string) => Type.String({ format: "date-time", description });

const banSchema = Type.Object({
  source: Type.String({ description: "What is banned: an address, or the /64 network of an IPv6 one." }),
  address: Type.String({ description: "The address there that gave the last cause." }),
  user: Type.Union([Type.String(), Type.Null()], {
    description:
      "Where the source is known: the user name that was given with wrong passwords, the only one that is banned there. Else null.",
  }),
  reason: Type.Unsafe<BanReport["offence"]>({
    type: "string",
    enum: [...offences],
    description:
      "`unauthenticated`: requests that never answer their challenge; `credentials`: wrong passwords; `malformed`: what is no SIP; " +
      "`flood`: more than a source may send; `scanner`: a program that looks for SIP servers gave itself away.",
  }),
  since: instant("When it began."),
  until: instant("When it ends."),
  times: Type.Integer({
    minimum: 1,
    description: "How often the source has been banned, this time included.",
  }),
});

const example = {
  source: "203.0.113.7",
  address: "203.0.113.7",
  user: null,
  reason: "scanner" as const,
  since: "2026-01-01T08:00:00.000Z",
  until: "2026-01-01T08:01:00.000Z",
  times: 1,
};

const list = {
  tags: ["System"],
  operationId: "listBans",
  summary: "List the sources whose SIP is not read",
  description:
    "Addresses that are neither read nor answered for a while, because of what came from them. Each relapse doubles the time, up to an hour. Trunks, " +
    "`sip.trusted_networks` and sources that have shown right credentials within the last hour are never banned.",
  querystring: Type.Object(
    {
      top: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100, default: 100, description: "How many at most." }),
      ),
      skip: Type.Optional(
        Type.Integer({ minimum: 0, default: 0, description: "How many of the first are left out." }),
      ),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object(
      {
        count: Type.Integer({ minimum: 0, description: "How many there are." }),
        items: Type.Array(banSchema, { description: "The bans." }),
      },
      {
        description: "What is banned now, the latest first.",
        examples: [{ count: 1, items: [example] }],
      },
    ),
  },
};

const lift = {
  tags: ["System"],
  operationId: "liftBan",
  summary: "Lift the bans of an address",
  description:
    "Its source is read again at once, and what led to the ban is forgotten. An address of IPv6 lifts the ban of its /64 network.",
  params: Type.Object({ address: Type.String({ maxLength: 64, description: "An IPv4 or IPv6 address." }) }),
  response: noContentResponse,
};

const liftAll = {
  tags: ["System"],
  operationId: "liftBans",
  summary: "Lift all bans",
  description: "The bridge reads messages of all banned sources again at once.",
  response: noContentResponse,
};

export function banRoutes(api: Api, control: BanControl): void {
  api.get(
    "/bans",
    { schema: list, config: { scope: "admin" } },
    async ({ query: { top = 100, skip = 0 } }) => {
      const bans = [...control.bans()].sort((a, b) => b.since - a.since);
      const items = bans
        .slice(skip, skip + top)
        .map(({ source, address, user = null, offence, since, until, times }) => ({
          ...{ source, address, user, reason: offence },
          since: new Date(since).toISOString(),
          until: new Date(until).toISOString(),
          times,
        }));
      return { count: bans.length, items };
    },
  );

  api.delete(
    "/bans/:address",
    { schema: lift, preValidation: refuseBody, config: { scope: "admin" } },
    async ({ params: { address } }, reply) => {
      if (isIP(address) === 0) throw new HttpRefusal("INVALID_FIELD", `${address} is no address`);
      if (control.lift(address) === 0) throw new HttpRefusal("BAN_NOT_FOUND", `${address} is not banned`);
      return reply.code(204).send(null);
    },
  );

  const all = { schema: liftAll, preValidation: refuseBody, config: { scope: "admin" as const } };
  api.delete("/bans", all, async (_, reply) => {
    control.lift();
    return reply.code(204).send(null);
  });
}
