// Listens to the accounts and to the registrar, and writes what becomes of them into the log. The instances of phones are
// not told: an account is registered while it has one.
import type { Emitter, Unsubscribe } from "#common";
import type { Account, AccountsEvents } from "#services/accounts";
import type { EventLog } from "./log.ts";

export interface AccountSources {
  readonly events: Emitter<AccountsEvents>;
  /** The first telephone of an account has registered, or the last one is gone. */
  readonly registrations: Emitter<{
    changed: { readonly addressOfRecord: string; readonly registered: boolean };
  }>;
  readonly find: (extension: string) => Account | undefined;
}

export function recordAccounts(
  { events, registrations, find }: AccountSources,
  log: Pick<EventLog, "append">,
): Unsubscribe {
  const unsubscribe = [
    events.on("created", ({ account }) => log.append({ type: "account.created", data: onWire(account) })),
    events.on("updated", ({ account }) => log.append({ type: "account.updated", data: onWire(account) })),
    events.on("deleted", ({ account }) => log.append({ type: "account.deleted", data: onWire(account) })),
    registrations.on("changed", ({ addressOfRecord, registered }) => {
      const account = find(addressOfRecord);
      if (!account) return;
      log.append({ type: registered ? "account.registered" : "account.unregistered", data: onWire(account) });
    }),
  ];
  return () => {
    for (const stop of unsubscribe) stop();
  };
}

const onWire = ({ id, extension, displayName, enabled, revision }: Account) => ({
  account: { id, extension, display_name: displayName, enabled, revision },
});
