// Knows which addresses there are and which methods they take, to tell an unknown address (404) from a known one
// that is asked in the wrong way (405 with Allow, RFC 9110 section 15.5.6). The router itself does not.
import { HttpRefusal } from "./problem.ts";

export class RouteMethods {
  readonly #routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  add(url: string, methods: readonly string[]): void {
    const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
    for (const method of methods) route.methods.add(method);
    this.#routes.set(url, route);
  }

  refusal(method: string, path: string): HttpRefusal {
    const allowed = [...this.#routes.values()].filter(({ pattern }) => pattern.test(path));
    if (allowed.length === 0) return new HttpRefusal("ROUTE_NOT_FOUND", `There is nothing at ${path}.`);
    const allow = [...new Set(allowed.flatMap(({ methods }) => [...methods]))].sort().join(", ");
    return new HttpRefusal("METHOD_NOT_ALLOWED", `${method} is not possible here, only ${allow}.`, {
      headers: { allow },
    });
  }
}

function patternOf(url: string): RegExp {
  const segments = url.split("/").map((segment) => {
    if (segment.startsWith(":")) return "[^/]+";
    return segment === "*" ? ".*" : segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${segments.join("/")}/?$`);
}
