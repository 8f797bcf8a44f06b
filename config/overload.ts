// The section `overload`: when nothing new is begun, so that what runs does not suffer.
import { Type } from "typebox";

const percent = (value: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 100, default: value, description });

export const overloadSchema = Type.Object(
  {
    refuse: Type.Boolean({
      default: true,
      description:
        "Whether new calls, recordings and pictures are refused with 503 while a limit below has been reached for two seconds, until all have been clearly kept for ten. What runs already goes on.",
    }),
    late_ticks_percent: percent(
      10,
      "Ticks of a media worker that begin more than 10 ms late, of those of a second. Nobody hears that yet. 0: does not count, here and below.",
    ),
    mixer_cpu_percent: percent(80, "Processor time of the thread that mixes in a media worker, of one core."),
    control_cpu_percent: percent(90, "Processor time of signalling and API, of one core."),
    machine_cpu_percent: percent(
      0,
      "How busy all processors of the machine are, whatever keeps them busy; work of low priority (nice) does not count. Other work harms no call until ticks are late, so that it is not looked at unless a limit is set.",
    ),
  },
  { additionalProperties: false, description: "Overload: what is refused before sound suffers." },
);
