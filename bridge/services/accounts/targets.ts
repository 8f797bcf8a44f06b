// How an account is called: one target for each contact that is registered, all of them at the same time. Pure.
import type { Binding, CallOptions } from "#sip";

/** What goes into `SipEndpoint.call`. */
export type AccountTarget = Pick<CallOptions, "to" | "from" | "route" | "headers" | "flow">;

/** `callerOf`: who calls, towards the phone of that binding. */
export function targetsOf(
  bindings: readonly Binding[],
  callerOf: (binding: Binding) => CallOptions["from"],
): readonly AccountTarget[] {
  return bindings.map((binding) => {
    const { contact, path, pinned, flow } = binding;
    const from = callerOf(binding);
    const [first, ...rest] = path.map(withoutBrackets);
    if (first !== undefined) {
      const headers = rest.map((route) => ["Route", `<${route}>`] as const);
      return { to: contact, from, route: first, headers };
    }
    return pinned ? { to: contact, from, flow } : { to: contact, from };
  });
}

const withoutBrackets = (value: string): string => /<([^>]*)>/.exec(value)?.[1] ?? value;
