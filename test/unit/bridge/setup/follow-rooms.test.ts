// What recordings are told of the rooms; a disk that fails costs a name, nothing else.
import { expect, it } from "vitest";
import { Emitter, silentLogger } from "#common";
import type { RoomsEvents } from "#conference/rooms";
import { followRooms } from "../../../../bridge/setup/follow-rooms.ts";

it("a name that cannot be stored is no failure of the daemon", async () => {
  const events = new Emitter<RoomsEvents>();
  const named: unknown[] = [];
  const recordings = {
    async named(...participant: unknown[]) {
      named.push(participant);
      throw new Error("database or disk is full");
    },
  };
  followRooms({ events } as never, recordings, silentLogger);
  const joined = { room: { id: "r" }, participant: { id: "p", displayName: "Alice" } };
  events.emit("participant.joined", joined as never);
  await new Promise((resolve) => setImmediate(resolve));
  expect(named).toEqual([["r", "p", "Alice"]]);
});
