// Which holders of credentials have used which connections, so that a connection can be closed when credentials are revoked.
// Bounded by the connections that there are: one is forgotten when it is gone.
import type { Flow } from "../transport/index.ts";
import type { Principal } from "./principal.ts";

/** Holders remembered of one connection: a proxy in front of us carries many. */
const maxPrincipals = 200;

export class PrincipalFlows {
  readonly #connections = new Map<
    string,
    { readonly flow: Flow; readonly principals: Map<string, Principal> }
  >();

  /** Their credentials were accepted on that flow. Datagrams have nothing that could be closed. */
  note(principal: Principal, flow: Flow): void {
    if (!flow.reliable) return;
    const known = this.#connections.get(flow.id) ?? { flow, principals: new Map() };
    if (known.principals.size >= maxPrincipals && !known.principals.has(principal.id)) return;
    known.principals.set(principal.id, principal);
    this.#connections.set(flow.id, known);
  }

  lost({ id }: Flow): void {
    this.#connections.delete(id);
  }

  /** Connections that belong to these holders alone: one that others use, too, is not taken from them. */
  flowsOf(revokes: (principal: Principal) => boolean): readonly Flow[] {
    return [...this.#connections.values()]
      .filter(({ principals }) => [...principals.values()].every(revokes))
      .map(({ flow }) => flow);
  }
}
