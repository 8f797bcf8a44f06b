// GET /api/trunks: how each trunk is and what was dialled over it; POST …/unfreeze gives one its minutes of today
// once more, POST …/test places a test call. What it takes to use one, passwords above all, is in the configuration and never here.

import { Type } from "typebox";
import type { Result } from "#common";
import type { RoomProblem } from "#conference/rooms";
import { unwrap } from "./conference/operation.ts";
import type { Api } from "./instance.ts";
import { HttpRefusal, refuseBody } from "./plugins/index.ts";
import { type DoctorFinding, findingOnWire, findingSchema, worstOf, worstSchema } from "./system/index.ts";

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

/** What was dialled over a trunk today. */
export interface DialReport {
  readonly trunk: string;
  readonly minutes: number;
  readonly frozen: boolean;
}

export interface TestReport {
  readonly trunk: string;
  readonly dialled: string;
  readonly findings: readonly DoctorFinding[];
}

export interface TrunkControl {
  list(): readonly TrunkReport[];
  dialOut(): readonly DialReport[];
  /** False when it was not frozen. */
  lift(trunk: string): boolean;
  /** A test call; undefined for a trunk that there is not, a failure where no call may be placed. */
  test(trunk: string, number: string): Promise<Result<TestReport, RoomProblem> | undefined>;
}

export const noTrunks: TrunkControl = {
  list: () => [],
  dialOut: () => [],
  lift: () => false,
  test: async () => undefined,
};

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
    description: "`unwatched`: Parley does not check whether it is up.",
  }),
  since: Type.String({ format: "date-time", description: "When it became so." }),
  detail: Type.String({ description: "One sentence for the operator." }),
  dialled_minutes: Type.Integer({
    minimum: 0,
    description: "Minutes of today's calls (UTC) that rooms placed.",
  }),
  frozen: Type.Boolean({
    description: "It has used its `dial_daily_minutes`: nothing more is dialled today.",
  }),
});

const example = {
  name: "office",
  kind: "registered" as const,
  status: "up" as const,
  since: "2026-01-01T08:00:00.000Z",
  detail: "registered at sip:192.0.2.1 for 300 s",
  dialled_minutes: 42,
  frozen: false,
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

const unfreeze = {
  tags: ["System"],
  operationId: "unfreezeTrunk",
  summary: "Let a trunk that has used its minutes dial again",
  description: "It gets its `dial_daily_minutes` of today once more; the next day begins again in any case.",
  params: Type.Object({ name: Type.String({ maxLength: 64, description: "As in the configuration." }) }),
  response: { 200: Type.Object({}, { description: "Done.", examples: [{}] }) },
};

const test = {
  tags: ["System"],
  operationId: "testTrunk",
  summary: "Place a test call over a trunk",
  description:
    "What `parley doctor --trunk` does: asks the trunk, calls the number by the trunk's own rules and within its limits, sends a tone for three seconds, " +
    "puts the call on hold and takes it back, and says what came of it, each with a verdict and what to do. It takes up to a minute and a half; one at a " +
    "time. Best is a number that answers by itself and echoes.",
  params: Type.Object({ name: Type.String({ maxLength: 64, description: "As in the configuration." }) }),
  body: Type.Object(
    { number: Type.String({ minLength: 1, maxLength: 64, description: "Whom to call." }) },
    { additionalProperties: false, examples: [{ number: "+4930700" }] },
  ),
  response: {
    200: Type.Object(
      {
        status: worstSchema,
        trunk: Type.String({ description: "As in the configuration." }),
        dialled: Type.String({ description: "The number as it was dialled there." }),
        checks: Type.Array(findingSchema, { description: "What was found." }),
      },
      {
        description: "What came of the call, also when it was not answered.",
        examples: [
          {
            status: "fail" as const,
            trunk: "carrier",
            dialled: "030700",
            checks: [
              {
                check: "audio-in",
                verdict: "fail" as const,
                detail: "one-way: nothing comes from the far end",
                remedy: "open UDP rtp.port_min to rtp.port_max for it",
              },
            ],
          },
        ],
      },
    ),
  },
};

/** The call rings for 40 s at most; everything else has limits of its own. */
const testLimitMs = 120_000;

export function trunkRoutes(api: Api, trunks: TrunkControl): void {
  api.get("/trunks", { schema: list, config: { scope: "admin" } }, async () => {
    const dialled = new Map(trunks.dialOut().map((report) => [report.trunk, report]));
    const items = trunks.list().map(({ since, ...trunk }) => {
      const { minutes = 0, frozen = false } = dialled.get(trunk.name) ?? {};
      return { ...trunk, since: new Date(since).toISOString(), dialled_minutes: minutes, frozen };
    });
    return { count: items.length, items };
  });

  const testOptions = {
    schema: test,
    config: { scope: "diagnostics" },
    handlerTimeout: testLimitMs,
  } as const;
  api.post("/trunks/:name/test", testOptions, async ({ params: { name }, body: { number } }) => {
    const result = await trunks.test(name, number);
    if (!result) throw new HttpRefusal("TRUNK_NOT_FOUND", `there is no trunk ${name}`);
    const { trunk, dialled, findings } = unwrap(result);
    return { status: worstOf(findings), trunk, dialled, checks: findings.map(findingOnWire) };
  });

  api.post(
    "/trunks/:name/unfreeze",
    { schema: unfreeze, preValidation: refuseBody, config: { scope: "admin" } },
    async ({ params: { name } }) => {
      if (!trunks.list().some((trunk) => trunk.name === name)) {
        throw new HttpRefusal("TRUNK_NOT_FOUND", `there is no trunk ${name}`);
      }
      if (!trunks.lift(name)) throw new HttpRefusal("TRUNK_NOT_FROZEN", `the trunk ${name} may dial`);
      return {};
    },
  );
}
