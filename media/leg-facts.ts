// The state of a leg that its worker's notifications add up to. The worker keeps it for the next controller, and the controller
// stores it for its own successor. Comparing both shows the changes of the time in which no controller was attached.
import { isDeepStrictEqual } from "node:util";
import type { LegId } from "#common";
import type { LegFacts, Notification, NotificationName } from "./protocol.ts";

/** One notification, with its name. */
export type NamedNotification = {
  readonly [Name in NotificationName]: { readonly name: Name; readonly data: Notification<Name> };
}[NotificationName];

/** Updates `facts` by a notification; false: the notification reports an event and no state. */
export function noteFact<Name extends NotificationName>(
  facts: LegFacts,
  name: Name,
  data: Notification<Name>,
): boolean {
  const told = { name, data } as NamedNotification;
  switch (told.name) {
    case "leg.talking":
      facts.talking = told.data.talking;
      return true;
    case "leg.held":
      facts.held = told.data.held;
      return true;
    case "leg.inbound":
      facts.inbound = told.data.state;
      return true;
    case "leg.silent":
      facts.silentMs = told.data.silentMs;
      return true;
    case "leg.secured":
      facts.secured = { suite: told.data.suite, dtls: told.data.dtls };
      return true;
    case "leg.latched":
      facts.latched = told.data.remote;
      return true;
    case "leg.video": {
      const { leg: _, ...picture } = told.data;
      const others = (facts.pictures ?? []).filter(({ content }) => content !== picture.content);
      facts.pictures = picture.sending || picture.refused ? [...others, picture] : others;
      return true;
    }
    default:
      return false;
  }
}

/**
 * The notifications that lead from one state to the other. States that are absent from `now` have ended: a successor of the worker
 * has not yet detected speech or silence on the leg.
 */
export function changesOf(leg: LegId, before: LegFacts, now: LegFacts): NamedNotification[] {
  const told: NamedNotification[] = [];
  const { talking = false, held, inbound, silentMs = 0, secured, latched } = now;
  if (secured && !isDeepStrictEqual(secured, before.secured))
    told.push({ name: "leg.secured", data: { leg, ...secured } });
  if (latched !== undefined && latched !== before.latched)
    told.push({ name: "leg.latched", data: { leg, remote: latched } });
  if (held !== undefined && held !== (before.held ?? false))
    told.push({ name: "leg.held", data: { leg, held } });
  if (talking !== (before.talking ?? false)) told.push({ name: "leg.talking", data: { leg, talking } });
  if (inbound !== undefined && inbound !== (before.inbound ?? "heard"))
    told.push({ name: "leg.inbound", data: { leg, state: inbound } });
  if (silentMs !== (before.silentMs ?? 0)) told.push({ name: "leg.silent", data: { leg, silentMs } });
  return [...told, ...changesOfPictures(leg, before.pictures ?? [], now.pictures ?? [])];
}

function changesOfPictures(
  leg: LegId,
  before: NonNullable<LegFacts["pictures"]>,
  now: NonNullable<LegFacts["pictures"]>,
): NamedNotification[] {
  const gone = before.filter(({ content }) => now.every((picture) => picture.content !== content));
  const come = now.filter((picture) => before.every((old) => !isDeepStrictEqual(old, picture)));
  return [
    ...gone.map(
      ({ content }): NamedNotification => ({
        name: "leg.video",
        data: { leg, content, sending: false, refused: false, width: 0, height: 0 },
      }),
    ),
    ...come.map((picture): NamedNotification => ({ name: "leg.video", data: { leg, ...picture } })),
  ];
}
