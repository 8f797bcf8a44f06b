// How an account is called: one target for each contact that is registered, all of them at the same time. Pure.
import type { Binding, CallOptions } from "#sip";

/** What goes into `SipEndpoint.call`. */
export type AccountTarget = Pick<CallOptions, "to" | "from" | "route" | "headers" | "flow" | "maxRedirects">;

/** Where a phone redirects a call to has passed no rule of dialling out: its redirection is a refusal. */
const maxRedirects = 0;

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
      return { to: contact, from, route: first, headers, maxRedirects };
    }
    return pinned ? { to: contact, from, flow, maxRedirects } : { to: contact, from, maxRedirects };
  });
}

function withoutBrackets(value: string): string {
  const open = value.indexOf("<");
  const close = open < 0 ? -1 : value.indexOf(">", open);
  return close < 0 ? value : value.slice(open + 1, close);
}
