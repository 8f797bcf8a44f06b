// What the API says of a room's invitations when it is made or changed.
import { expect, it } from "vitest";
import type { InvitationOutcome } from "#services/mail-invites";
import { Fixture } from "../../../api/support/fixture.ts";

it("says what came of the invitations", async () => {
  let outcome: InvitationOutcome = "not_configured";
  const api = await Fixture.create({ invitations: { outcomeOf: async () => outcome } });
  const body = { mode: "AUDIO", subject: "Review", capacity: 9, external_invitees: "ana@example.com" };
  const made = (await api.post("/api/conference_rooms", body)).json();
  expect(made).toEqual({ id: made.id, invitations: "not_configured" });

  outcome = "sent";
  const changed = await api.post(`/api/conference_rooms/${made.id}`, { subject: "Other" });
  expect(changed.json()).toEqual({ invitations: "sent" });
});
