// GET /api/doctor: what `parley doctor` shows of this bridge and its machine. One examination at a time: a request during it gets
// the same answer.

import { Type } from "typebox";
import type { Api } from "../instance.ts";

export interface DoctorFinding {
  readonly check: string;
  readonly verdict: "pass" | "warn" | "fail" | "skip";
  readonly detail: string;
  readonly remedy?: string;
}
export type Examine = () => Promise<readonly DoctorFinding[]>;

export const findingSchema = Type.Object({
  check: Type.String({ description: "What was looked at." }),
  verdict: Type.Unsafe<DoctorFinding["verdict"]>({
    type: "string",
    enum: ["pass", "warn", "fail", "skip"],
    description: "`skip`: what it needs is not known here.",
  }),
  detail: Type.String({ description: "One sentence." }),
  remedy: Type.Union([Type.String(), Type.Null()], {
    description: "What to do; null where there is nothing to do.",
  }),
});

export const worstSchema = Type.Unsafe<"pass" | "warn" | "fail">({
  type: "string",
  enum: ["pass", "warn", "fail"],
  description: "The worst verdict of all.",
});

const schema = {
  tags: ["System"],
  operationId: "examine",
  summary: "Examine the bridge and its machine",
  description:
    "What `parley doctor` shows: ports, addresses and address translation, STUN and TURN servers, trunks, certificate, database and backups, disks, " +
    "voices, fonts, workers, clock and limits, each with a verdict and what to do. It takes up to half a minute; a file of 1 MiB is written and removed in each folder.",
  response: {
    200: Type.Object(
      {
        status: worstSchema,
        checks: Type.Array(findingSchema, { description: "One of each check." }),
      },
      {
        description: "The findings.",
        examples: [
          {
            status: "warn" as const,
            checks: [
              {
                check: "clock",
                verdict: "warn" as const,
                detail: "it says 2026-11-30T08:00:00Z, and nothing keeps it right",
                remedy: "timedatectl set-ntp true, or install chrony",
              },
            ],
          },
        ],
      },
    ),
  },
};

const limitMs = 60_000;

export function doctorRoute(api: Api, examine: Examine): void {
  let running: Promise<readonly DoctorFinding[]> | undefined;
  const options = { schema, config: { scope: "diagnostics" }, handlerTimeout: limitMs } as const;
  api.get("/doctor", options, async () => {
    running ??= examine().finally(() => {
      running = undefined;
    });
    const checks = await running;
    return { status: worstOf(checks), checks: checks.map(findingOnWire) };
  });
}

export const findingOnWire = ({
  remedy = null,
  ...finding
}: WithoutRemedy & { readonly remedy?: string | null }) => ({
  ...finding,
  remedy,
});
type WithoutRemedy = Omit<DoctorFinding, "remedy">;

export function worstOf(findings: readonly Pick<DoctorFinding, "verdict">[]): "pass" | "warn" | "fail" {
  const has = (verdict: string) => findings.some((finding) => finding.verdict === verdict);
  if (has("fail")) return "fail";
  return has("warn") ? "warn" : "pass";
}
