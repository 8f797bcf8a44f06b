// A conference run from outside, by the generated client, while phones listen: what each command of the API is for is
// heard by a phone.
import { expect, it } from "vitest";
import { ParleyClient } from "../support/client/parley-client.ts";
import { eventually } from "../support/phone/index.ts";
import { join, newExtension, useParley } from "./use-parley.ts";

const key = "a-key-for-tests-only";
const parley = useParley({ env: { API_ADMIN_KEY: key } });

it("makes a room, mutes, gives the floor and the chair, locks and kicks", async () => {
  const { api } = new ParleyClient({
    baseUrl: parley().url,
    baseApiParams: { format: "json", headers: { "x-api-key": key } },
  });
  const extension = newExtension();
  const made = await api.createConferenceRoom({
    ...{ mode: "AUDIO", subject: "By API", capacity: 9, extension_number: extension, enable_prompt: false },
  });
  const room = made.data.id;
  const people = async () => (await api.listConferenceRoomParticipants(room)).data.items;
  const person = async (name: string) => (await people()).find(({ display_name }) => display_name === name)!;

  const alice = await join(parley(), "alice", extension);
  const bob = await join(parley(), "bob", extension);
  await parley().attendance(room, 2);
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);

  const { id: bobId } = await person("bob");
  await api.muteConferenceRoomParticipant(room, bobId);
  await Promise.all([alice.hears(), bob.hears("alice")]);
  expect((await person("bob")).mute_reasons).toEqual(["host"]);
  await api.unmuteConferenceRoomParticipant(room, bobId);
  await alice.hears("bob");

  await api.muteConferenceRoom(room);
  await Promise.all([alice.hears(), bob.hears()]);
  expect((await api.getConferenceRoomStatus(room)).data.muted).toBe(true);
  await api.unmuteConferenceRoom(room);
  await Promise.all([alice.hears("bob"), bob.hears("alice")]);

  await api.updateConferenceRoom(room, { control: "MASTER" });
  await Promise.all([alice.hears(), bob.hears()]);
  expect((await person("alice")).mute_reasons).toEqual(["floor"]);

  await api.transferConferenceRoomOwnership(room, bobId);
  await Promise.all([alice.hears("bob"), bob.hears()]);
  expect((await person("bob")).chairman).toBe(true);
  await api.updateConferenceRoom(room, { control: "FREE" });
  await bob.hears("alice");

  await api.lockConferenceRoom(room);
  const phone = await parley().phone("carol");
  const third = await phone.call(extension);
  expect((await third.rejected()).status).toBe(403);
  const refused = await eventually(
    async () => (await api.listCallRecords({ filter: "from eq 'carol'" })).data.items[0],
    () => "record of the refused call",
  );
  expect(refused).toMatchObject({ result: "refused", status: 403, room_id: room });

  await api.kickOutConferenceRoomParticipant(room, bobId);
  expect((await bob.call.ended()).by).toBe("them");
  await alice.hears();
  expect((await people()).map(({ display_name }) => display_name)).toEqual(["alice"]);
});
