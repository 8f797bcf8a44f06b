// The section `overload`: the limits of load above which new calls, recordings and pictures are refused.
import { Type } from "typebox";

const percent = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 100, default: value, description });

export const overloadSchema = Type.Object(
  {
    refuse: Type.Boolean({
      default: true,
      description:
        "Whether new calls, recordings and pictures are refused with 503 once a limit below has been reached for two seconds, until the load has been clearly below all limits for ten. Running calls go on.",
    }),
    late_ticks_percent: percent(
      10,
      "Share of a media worker's ticks in a second that begin more than 10 ms late. This is not audible yet. 0: not checked, here and below.",
    ),
    mixer_cpu_percent: percent(80, "Processor time of the thread that mixes in a media worker, of one core."),
    control_cpu_percent: percent(90, "Processor time of signalling and API, of one core."),
    machine_cpu_percent: percent(
      0,
      "Processor time of the whole machine, of all cores, except work of low priority (nice). Other work does not affect calls until ticks are late, so that this is not checked by default.",
    ),
  },
  {
    additionalProperties: false,
    description: "Overload: limits above which new work is refused, before audio suffers.",
  },
);
