// A participant is moved between rooms, on one media worker and over to another: who is heard by whom changes, the call
// and the participant do not.
import { describe, expect, it } from "vitest";
import { hasVoice, hearsPrompt } from "../support/spoken.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley({ env: { MEDIA_WORKERS: "2" } });

async function room(fields: { enable_prompt?: boolean } = {}) {
  const extension = newExtension();
  const id = await parley().createRoom({ extension_number: extension, language: "en-US", ...fields });
  return { id, extension };
}

describe("carol is moved", () => {
  it("to another worker with one re-INVITE, and between rooms of one worker without a word to her phone", async () => {
    const here = await room();
    const there = await room();
    const empty = await room({ enable_prompt: true });
    // One after the other: the rooms are on different workers then.
    const alice = await join(parley(), "alice", here.extension);
    const bob = await join(parley(), "bob", there.extension);
    const carol = await join(parley(), "carol", here.extension);
    await Promise.all([alice.hears("carol"), carol.hears("alice"), bob.hears()]);
    const { id } = await parley().participant(here.id, "carol");

    expect((await parley().move(here.id, id, there.id)).id).toBe(id);
    expect(carol.call.reinvited).toBe(1);
    await Promise.all([bob.hears("carol"), carol.hears("bob"), alice.hears()]);
    await parley().attendance(here.id, 1);

    await carol.call.type("*6");
    await Promise.all([bob.hears(), carol.hears("bob")]);
    expect((await parley().participant(there.id, "carol")).muted).toBe(true);
    await carol.call.type("*6");
    await bob.hears("carol");

    const placed = hasVoice("en") && hearsPrompt(carol.call.ear, "en", "conf-placeintoconf");
    expect((await parley().move(there.id, id, empty.id)).id).toBe(id);
    await placed;
    await Promise.all([bob.hears(), carol.hears()]);

    expect((await parley().move(empty.id, id, there.id)).id).toBe(id);
    await Promise.all([bob.hears("carol"), carol.hears("bob"), alice.hears()]);
    expect(carol.call.reinvited).toBe(1);
    expect(await parley().status(empty.id)).toMatchObject({ status: "ONLINE" });

    await carol.call.hangUp();
    await parley().attendance(there.id, 1);
    await bob.hears();
  });

  it("nowhere when her phone's new room is full: she is heard where she was", async () => {
    const here = await room();
    const extension = newExtension();
    const full = await parley().createRoom({ extension_number: extension, capacity: 1 });
    const alice = await join(parley(), "alice", here.extension);
    const bob = await join(parley(), "bob", extension);
    const carol = await join(parley(), "carol", here.extension);
    const { id } = await parley().participant(here.id, "carol");

    const path = `/api/conference_rooms/${here.id}/participants/${id}/move`;
    const answer = await parley().request(path, { body: { room_id: full } });

    expect(answer).toMatchObject({ status: 409, body: { code: "ROOM_FULL" } });
    await Promise.all([alice.hears("carol"), carol.hears("alice"), bob.hears()]);
  });
});
