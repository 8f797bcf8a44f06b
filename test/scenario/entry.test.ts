// Who gets in: PINs, capacity, lock, and every way of not getting in, each with its own final answer.
import { describe, expect, it } from "vitest";
import { eventually } from "../support/phone/index.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const parley = useParley();

describe("the PIN", () => {
  async function guarded(): Promise<{ room: string; extension: string }> {
    const extension = newExtension();
    const room = await parley().createRoom({
      extension_number: extension,
      room_pin: "24680",
      admin_pin: "13579",
    });
    return { room, extension };
  }

  it("is asked for, and until it is given one neither hears nor is heard", async () => {
    const { room, extension } = await guarded();
    const alice = await join(parley(), "alice", extension);
    await alice.call.type("24680#");
    await parley().attendance(room, 1);

    const bob = await join(parley(), "bob", extension);
    await alice.hears();
    expect(await parley().participants(room)).toHaveLength(1);

    await bob.call.type("24680#");
    await parley().attendance(room, 2);
    await Promise.all([alice.hears("bob"), bob.hears("alice")]);
  });

  it("may be typed wrongly and then rightly", async () => {
    const { room, extension } = await guarded();
    const alice = await join(parley(), "alice", extension);
    await alice.call.type("11111#");
    await alice.call.type("24680#");
    await parley().attendance(room, 1);
    expect(alice.call.state).toBe("answered");
  });

  it("wrong three times ends the call politely", async () => {
    const { room, extension } = await guarded();
    const alice = await join(parley(), "alice", extension);
    for (const guess of ["11111#", "22222#", "33333#"]) await alice.call.type(guess);
    const end = await alice.call.ended(20_000);
    expect(end.by).toBe("them");
    expect(end.reason?.cause).toBe(403);
    expect(await parley().participants(room)).toHaveLength(0);
  });

  it("of the administrator makes its owner host and chairman", async () => {
    const { room, extension } = await guarded();
    const alice = await join(parley(), "alice", extension);
    await alice.call.type("13579#");
    const bob = await join(parley(), "bob", extension);
    await bob.call.type("24680#");
    await parley().attendance(room, 2);
    expect((await parley().participant(room, "alice")).chairman).toBe(true);
    expect((await parley().participant(room, "bob")).chairman).toBe(false);
  });
});

describe("a refusal", () => {
  async function refused(extension: string, options = {}) {
    const phone = await parley().phone("carol");
    return (await phone.call(extension, options)).rejected(15_000);
  }

  it("is 404 where there is no room", async () => {
    expect((await refused("9999999")).status).toBe(404);
  });

  it("is 486 with a Reason when the room is full", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, capacity: 2 });
    await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension);
    await parley().attendance(room, 2);

    const refusal = await refused(extension);
    expect(refusal.status).toBe(486);
    expect(refusal.reason?.text).not.toBe("");

    await bob.call.hangUp();
    await parley().attendance(room, 1);
    await join(parley(), "carol", extension);
  });

  it("is 486 for twenty-five of thirty who call a room for five at once, and 200 for five", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension, capacity: 5 });
    const phone = await parley().phone("carol");
    const calls = await Promise.all(Array.from({ length: 30 }, () => phone.call(extension)));
    const statuses = await Promise.all(
      calls.map((call) =>
        call.rejected(30_000).then(
          ({ status }) => status,
          () => call.state,
        ),
      ),
    );
    expect(statuses.filter((status) => status === "answered")).toHaveLength(5);
    expect(statuses.filter((status) => status === 486)).toHaveLength(25);
    await parley().attendance(room, 5);
    await Promise.all(calls.filter(({ state }) => state === "answered").map((call) => call.hangUp()));
  });

  it("is 403 with a Reason when the room is locked, until it is unlocked", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    await join(parley(), "alice", extension);
    await parley().commandRoom(room, "lock");
    expect((await parley().status(room)).locked).toBe(true);

    const refusal = await refused(extension);
    expect(refusal.status).toBe(403);
    expect(refusal.reason?.text).not.toBe("");

    await parley().commandRoom(room, "unlock");
    await join(parley(), "bob", extension);
  });

  it("is 488 when no codec is common", async () => {
    const extension = newExtension();
    await parley().createRoom({ extension_number: extension });
    const sdp = [
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "c=IN IP4 127.0.0.1",
      "t=0 0",
      "m=audio 40000 RTP/AVP 18",
      "a=rtpmap:18 G729/8000",
      "",
    ].join("\r\n");
    expect((await refused(extension, { sdp })).status).toBe(488);
  });

  it("is 487 after a CANCEL, and no call is left behind", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const phone = await parley().phone("carol");
    await parley().whileWorkersPause(async () => {
      const call = await phone.call(extension);
      call.cancel();
      expect((await call.rejected()).status).toBe(487);
    });
    await parley().noCalls();
    expect(await parley().participants(room)).toHaveLength(0);
    // A later caller finds the room as if nothing had happened.
    const alice = await join(parley(), "alice", extension);
    await parley().attendance(room, 1);
    await alice.hears();
  });
});

describe("control of a call", () => {
  it("a kick is a BYE with a Reason, and the others stay", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);
    const bob = await join(parley(), "bob", extension);
    const { id } = await parley().participant(room, "bob");

    await parley().command(room, id, "destroy");

    const end = await bob.call.ended();
    expect(end.by).toBe("them");
    expect(end.reason?.text).not.toBe("");
    await parley().attendance(room, 1);
    await alice.hears();
  });

  it("destroying the room ends its calls and frees the extension", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const alice = await join(parley(), "alice", extension);

    await parley().commandRoom(room, "destroy");

    expect((await alice.call.ended()).by).toBe("them");
    const phone = await parley().phone("bob");
    expect((await (await phone.call(extension)).rejected()).status).toBe(404);
    await parley().createRoom({ extension_number: extension });
    await join(parley(), "bob", extension);
  });

  it("the same INVITE twice is one participant", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const phone = await parley().phone("alice");
    const call = await phone.call(extension);
    call.repeatInvite();
    await call.answered();
    call.repeatInvite();
    await parley().attendance(room, 1);
    const bob = await join(parley(), "bob", extension);
    await parley().attendance(room, 2);
    await bob.hears();
  });

  it("an answer that is not acknowledged is repeated, and the call survives it", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const phone = await parley().phone("alice");
    const call = await phone.call(extension);
    call.acknowledging = false;
    await eventually(
      () => (call.finalResponses >= 3 ? true : undefined),
      () => "third 200",
    );
    call.acknowledging = true;
    await parley().attendance(room, 1);
    const bob = await join(parley(), "bob", extension);
    await parley().attendance(room, 2);
    await bob.hears();
    expect(call.state).toBe("answered");
  });

  it("a caller who gives up in the moment of the answer is not left behind either", async () => {
    const extension = newExtension();
    const room = await parley().createRoom({ extension_number: extension });
    const phone = await parley().phone("carol");
    const calls = await Promise.all(Array.from({ length: 10 }, () => phone.call(extension)));
    for (const call of calls) call.cancel();
    await Promise.all(calls.map((call) => call.over()));
    await parley().noCalls();
    expect(await parley().participants(room)).toEqual([]);
  });

  it("OPTIONS is answered", async () => {
    const phone = await parley().phone("alice");
    const answer = await phone.request("OPTIONS");
    expect(answer.status).toBe(200);
  });
});
