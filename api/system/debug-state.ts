// GET /api/debug/state: what each part of the bridge holds at this moment, for finding faults. The
// fields are those of the parts and may change with any version. Names that are a secret's are left out, whatever
// part they come from: a last safeguard, not the reason why they stay out.

import { Type } from "typebox";
import type { Api } from "../instance.ts";
/** Part of the bridge → its state. */
export type DebugState = Readonly<Record<string, unknown>>;
export type ReadDebugState = () => DebugState;

const schema = {
  tags: ["System"],
  operationId: "getDebugState",
  summary: "Read what each part of the bridge holds",
  description:
    "For looking for faults, as `parley state` shows it: counters, states and sizes of SIP, calls, rooms, events, webhooks, trunks and " +
    "media workers. The fields may change with any version; secrets and PINs are never among them.",
  response: {
    200: {
      ...Type.Record(Type.String(), Type.Unknown()),
      description: "The parts by name.",
      examples: [
        {
          version: "0.1.0",
          calls: { talking: 2 },
          workers: [{ index: 0, state: "ready", health: { legs: 2 } }],
        },
      ],
    },
  },
};

export function debugStateRoute(api: Api, read: ReadDebugState): void {
  api.get("/debug/state", { schema, config: { scope: "admin" } }, async () => withoutSecrets(read()));
}

const secretName = /(?:^|_)(?:pins?|passwords?|secrets?|tokens?|authorization|keys?)(?:$|_)/;
/** `adminPin` → `admin_pin`. */
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A copy without the fields whose name is a secret's; counters keep theirs. */
export function withoutSecrets<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutSecrets) as Value;
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, field]) => typeof field === "number" || !secretName.test(snakeCase(name)),
  );
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutSecrets(field)])) as Value;
}
