// GET /api/trunks: how each trunk is. What it takes to use one, passwords above all, is in the configuration and
// never here.
import { Type } from "typebox";
import type { Api } from "./options.ts";

const trunkStates = ["connecting", "up", "down", "unwatched"] as const;
const trunkKinds = ["static", "registered"] as const;

export interface TrunkReport {
  readonly name: string;
  readonly kind: (typeof trunkKinds)[number];
  readonly status: (typeof trunkStates)[number];
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  readonly detail: string;
}

export type ReadTrunks = () => readonly TrunkReport[];

const trunkSchema = Type.Object({
  name: Type.String({ description: "As in the configuration." }),
  kind: Type.Unsafe<TrunkReport["kind"]>({
    type: "string",
    enum: [...trunkKinds],
    description: "Whether Parley registers there.",
  }),
  status: Type.Unsafe<TrunkReport["status"]>({
    type: "string",
    enum: [...trunkStates],
    description: "`unwatched`: nobody asks whether it is up.",
  }),
  since: Type.String({ format: "date-time", description: "When it became so." }),
  detail: Type.String({ description: "One sentence for the operator." }),
});

const example = {
  name: "office",
  kind: "registered" as const,
  status: "up" as const,
  since: "2026-01-01T08:00:00.000Z",
  detail: "registered at sip:192.0.2.1 for 300 s",
};

const list = {
  tags: ["System"],
  operationId: "listTrunks",
  summary: "List the trunks and how they are",
  description: "Whether each is up, since when, and why not. What it takes to use one is not told.",
  response: {
    200: Type.Object(
      {
        count: Type.Integer({ minimum: 0, description: "How many trunks there are." }),
        items: Type.Array(trunkSchema, { description: "The trunks." }),
      },
      {
        description: "Every trunk, in the order of the configuration.",
        examples: [{ count: 1, items: [example] }],
      },
    ),
  },
};

export function trunkRoutes(api: Api, trunks: ReadTrunks): void {
  api.get("/trunks", { schema: list }, async () => {
    const items = trunks().map(({ since, ...trunk }) => ({ ...trunk, since: new Date(since).toISOString() }));
    return { count: items.length, items };
  });
}
