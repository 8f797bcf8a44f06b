// Two media workers with two pairs of RTP ports each. A caller is not told 503 while another worker has ports, as long as
// its mix is empty; who was at the PIN then follows the room with a re-INVITE.
import { describe, expect, it } from "vitest";
import { join, newExtension, useParley } from "./use-parley.ts";

const portMin = 26_000 + 8 * Math.floor(Math.random() * 400);
const parley = useParley({
  env: { MEDIA_WORKERS: "2", RTP_PORT_MIN: String(portMin), RTP_PORT_MAX: String(portMin + 7) },
});

describe("a room whose worker has no ports left", () => {
  it("goes to another one; callers at the PIN are heard there, and the one too many gets the reason", async () => {
    const extension = newExtension();
    const id = await parley().createRoom({ extension_number: extension, room_pin: "2468" });
    const alice = await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension);
    // The third: both pairs of the first worker are taken.
    const carol = await join(parley(), "carol", extension);

    await alice.call.type("2468");
    await parley().attendance(id, 1);
    expect(alice.call.reinvited).toBe(1);
    await carol.call.type("2468");
    await parley().attendance(id, 2);
    expect(carol.call.reinvited).toBe(0);
    await Promise.all([alice.hears("carol"), carol.hears("alice")]);

    // The worker of the room is full now, and the room cannot go away from those inside.
    // The call may end before the last key is let go.
    bob.call.type("2468").catch(() => {});
    expect((await bob.call.ended()).reason).toMatchObject({ cause: 503, text: "No media port is free" });
    await Promise.all([alice.hears("carol"), carol.hears("alice")]);

    await alice.call.type("*6");
    await carol.hears();
    expect((await parley().participant(id, "alice")).muted).toBe(true);
  });
});
