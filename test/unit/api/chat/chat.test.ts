// The chat as the holders of join tokens have it: who may, what is refused, links for files, messages as they come.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MeetingId, ParticipantId, RoomId } from "#common";
import type { Permissions } from "#conference/rooms";
import { JoinTokens } from "#services/join-tokens";
import { openStore } from "#services/store";
import { FakeClock, settle } from "#test/support";
import { joinLinkMakers, joinLinks } from "../../../../api/join/index.ts";
import { chatSettings, Fixture } from "../support/fixture.ts";

let api: Fixture;
let clock: FakeClock;
let tokens: JoinTokens;
let room: RoomId;

let calls = 0;

beforeAll(async () => {
  clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  tokens = await JoinTokens.open({ repository: store.revocations, clock });
  const address = {
    ...{ domain: "pbx.example", sbcHost: "meet.example", sbcPort: 443 },
    joinPage: "https://meet.example/join/",
  };
  api = await Fixture.create({ clock, webPhones: { address, tokens, iceServers: () => [] } });
  return () => api.app.close();
});
beforeEach(async () => {
  room = (await api.room()) as RoomId;
});

interface Guest {
  readonly token: string;
  readonly id: string;
  readonly participant: ParticipantId;
  readonly call: string;
}

/** A participant, by a call with a token: one of their own, or one that others have too. */
function guest(name: string, where = room, { token, claims } = tokens.issue(where)): Guest {
  const { id: made, ...participant } = api.rooms.join(where, name);
  api.rooms.present.get(where)!.delete(made);
  calls += 1;
  const call = `call-${calls}`;
  const id = `leg-${calls}` as ParticipantId;
  api.rooms.present.get(where)!.set(id, { ...participant, id });
  const entry = api.calls.begin(
    {
      ...{
        direction: "inbound",
        from: claims.id,
        to: "8000",
        displayName: name,
        trunk: null,
        sipCallId: call,
      },
      ...{ transport: "WSS", signallingAddress: "192.0.2.1:5060" },
    },
    { state: "talking", dumpable: undefined, end: () => undefined },
  );
  entry.note({ roomId: where, participantId: id, meetingId: "m" as MeetingId });
  return { token, id: claims.id, participant: id, call };
}

const ask = (
  method: "GET" | "POST",
  url: string,
  { token, call }: Pick<Guest, "token" | "call">,
  payload?: object,
) =>
  api.app.inject({
    ...{ method, url: `/api/join/chat${url}` },
    headers: { authorization: `Bearer ${token}`, "parley-call": call },
    ...(payload && { payload }),
  });

const bytes = Buffer.from("the agenda\n");
const agenda = { name: "agénda.txt", content_type: "text/plain", size: bytes.length };
const put = (url: string, payload: Buffer = bytes) =>
  api.app.inject({ method: "PUT", url, payload, headers: { "content-type": "application/octet-stream" } });

async function share(who: Guest): Promise<string> {
  const { file_id, upload_url } = (await ask("POST", "/files", who, agenda)).json();
  expect((await put(upload_url)).statusCode).toBe(200);
  expect((await ask("POST", "", who, { text: "", file_id })).statusCode).toBe(201);
  return file_id;
}

/** From now on, as if a member of theirs had changed. */
function permit(who: Guest, permissions: Partial<Permissions>, where = room): void {
  const present = api.rooms.present.get(where)!;
  const before = present.get(who.participant)!;
  present.set(who.participant, { ...before, permissions: { ...before.permissions, ...permissions } });
}

describe("participants who came with one token of the room", () => {
  test("are authors of their own", async () => {
    const token = tokens.issue(room);
    const [ada, bob] = [guest("Ada", room, token), guest("Bob", room, token)];
    let last = 201;
    for (let n = 0; n < 30 && last === 201; n++)
      last = (await ask("POST", "", ada, { text: "x" })).statusCode;
    expect(last).toBe(429);
    expect((await ask("POST", "", bob, { text: "x" })).statusCode).toBe(201);
    const { file_id, upload_url } = (await ask("POST", "/files", bob, agenda)).json();
    expect((await put(upload_url)).statusCode).toBe(200);
    clock.advance(60_000);
    expect((await ask("POST", "", ada, { text: "", file_id })).statusCode).toBeGreaterThanOrEqual(400);
    expect((await ask("POST", "", bob, { text: "", file_id })).statusCode).toBe(201);
  });
});

describe("permissions", () => {
  test("to read and to write count at the moment of the request", async () => {
    const ada = guest("Ada");
    const codes = async () => [
      (await ask("GET", "", ada)).statusCode,
      (await ask("POST", "", ada, { text: "x" })).statusCode,
      (await ask("POST", "/files", ada, agenda)).statusCode,
    ];
    expect(await codes()).toEqual([200, 201, 201]);
    permit(ada, { canWriteChat: false });
    expect(await codes()).toEqual([200, 403, 403]);
    permit(ada, { canReadChat: false, canWriteChat: true });
    expect(await codes()).toEqual([403, 201, 201]);
    expect((await ask("GET", "", ada)).json().code).toBe("CHAT_NOT_ALLOWED");
  });

  test("are nothing in a room without a chat", async () => {
    const ada = guest("Ada");
    const { access, ...record } = api.rooms.stored.get(room)!;
    const config = { ...access.config, chat: { enabled: false } };
    api.rooms.stored.set(room, { ...record, access: { ...access, config } });
    expect((await ask("GET", "", ada)).json().code).toBe("CHAT_NOT_ALLOWED");
    expect((await ask("POST", "", ada, { text: "x" })).json().code).toBe("CHAT_NOT_ALLOWED");
  });
});

describe("messages", () => {
  test("are sent and read by those who are in the room", async () => {
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const sent = await ask("POST", "", ada, { text: "Hello" });
    expect(sent.statusCode).toBe(201);
    expect(sent.json()).toEqual({
      ...{
        id: expect.any(String),
        number: 1,
        sent_at: new Date(clock.now()).toISOString(),
        text: "Hello",
        file: null,
      },
      sender: { display_name: "Ada", participant_id: ada.participant, member_id: null, user_id: null },
    });
    expect((await ask("GET", "", bob)).json()).toEqual({ items: [sent.json()], newest: 1 });
    await ask("POST", "", bob, { text: "Hi" });
    expect((await ask("GET", "?after=1", ada)).json().items).toMatchObject([{ text: "Hi" }]);
    expect((await ask("GET", "?before=2", ada)).json().items).toMatchObject([{ text: "Hello" }]);
  });

  test("are refused to those who are not in the room, and to those with another token's call", async () => {
    const ada = guest("Ada");
    const outside = tokens.issue(room).token;
    for (const [token, call] of [
      [outside, ""],
      [outside, ada.call],
    ] as const) {
      expect((await ask("POST", "", { token, call }, { text: "x" })).json().code).toBe("NOT_IN_THE_ROOM");
      expect((await ask("GET", "", { token, call })).json().code).toBe("NOT_IN_THE_ROOM");
    }
    expect((await ask("GET", "", { token: "nonsense", call: ada.call })).statusCode).toBe(401);
  });

  test.each([
    [{}, 422, "INVALID_FIELD"],
    [{ text: "a\u0007" }, 422, "INVALID_FIELD"],
    [{ text: "x", colour: "red" }, 400, "VALIDATION_FAILED"],
    [{ file_id: "none" }, 404, "FILE_NOT_FOUND"],
  ])("%o is refused", async (body, status, code) => {
    const response = await ask("POST", "", guest("Ada"), body);
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });

  test("come at a bounded rate", async () => {
    const ada = guest("Ada");
    for (let n = 0; n < 10; n++) await ask("POST", "", ada, { text: "x" });
    const response = await ask("POST", "", ada, { text: "x" });
    expect([response.statusCode, response.json().code]).toEqual([429, "CHAT_LIMIT"]);
    expect(response.headers["retry-after"]).toBe("1");
  });

  test("come with the stream to those who are in the room, and to no other", async () => {
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const outside = { token: tokens.issue(room).token, call: "" };
    const lines = async (
      { token, call }: Pick<Guest, "token" | "call">,
      url = "/api/join/roster?chat=true",
    ) => {
      const response = await api.app.inject({
        ...{ method: "GET", url, payloadAsStream: true },
        headers: { authorization: `Bearer ${token}`, "parley-call": call },
      });
      const told: string[] = [];
      response.stream().on("data", (piece: Buffer) => told.push(...String(piece).split("\n")));
      return told;
    };
    const streams = [await lines(bob), await lines(outside), await lines(bob, "/api/join/roster")];
    await ask("POST", "", ada, { text: "Hello" });
    await settle();
    const messages = streams.map((told) => told.filter((line) => line.includes('"message"')));
    expect(messages.map(({ length }) => length)).toEqual([1, 0, 0]);
    expect(JSON.parse(messages[0]![0]!)).toMatchObject({ message: { text: "Hello", number: 1 } });
  });
});

describe("files", () => {
  test("are uploaded and downloaded by links, as attachments under their names", async () => {
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const id = await share(ada);
    const link = await ask("GET", `/files/${id}`, bob);
    const { download_url, file } = link.json();
    expect(file).toMatchObject({ ...agenda, id });
    const response = await api.app.inject({ method: "GET", url: download_url });
    expect(response.statusCode).toBe(200);
    expect(response.rawPayload).toEqual(bytes);
    expect(response.headers).toMatchObject({
      "content-type": "text/plain",
      "content-disposition": "attachment; filename=\"ag_nda.txt\"; filename*=UTF-8''ag%C3%A9nda.txt",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "no-store",
      etag: `"${file.sha256}"`,
    });
    const part = await api.app.inject({ method: "GET", url: download_url, headers: { range: "bytes=4-9" } });
    expect([part.statusCode, part.body]).toEqual([206, "agenda"]);
  });

  test.each([
    [{ content_type: "text/html" }, 422, "FILE_NOT_ALLOWED"],
    [{ size: chatSettings.maxFileBytes + 1 }, 413, "FILE_TOO_LARGE"],
    [{ name: "a/b.txt" }, 422, "INVALID_FIELD"],
    [{ size: 0 }, 422, "INVALID_FIELD"],
  ])("%o is refused before a byte has come", async (changes, status, code) => {
    const response = await ask("POST", "/files", guest("Ada"), { ...agenda, ...changes });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });

  test("that are not what was announced are refused", async () => {
    const ada = guest("Ada");
    const { upload_url } = (await ask("POST", "/files", ada, agenda)).json();
    expect((await put(upload_url, Buffer.alloc(bytes.length))).json().code).toBe("FILE_MISMATCH");
    expect((await put(upload_url, Buffer.from("short"))).json().code).toBe("FILE_MISMATCH");
    expect((await put(upload_url)).statusCode).toBe(200);
    expect((await put(upload_url)).json().code).toBe("FILE_ALREADY_THERE");
  });

  test("belong to their author alone before they are sent, and nothing for another room", async () => {
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const { file_id, upload_url } = (await ask("POST", "/files", ada, agenda)).json();
    await put(upload_url);
    expect((await ask("GET", `/files/${file_id}`, bob)).json().code).toBe("FILE_NOT_FOUND");
    expect((await ask("GET", `/files/${file_id}`, ada)).statusCode).toBe(200);
    const elsewhere = guest("Eve", (await api.room()) as RoomId);
    const shared = await share(ada);
    expect((await ask("GET", `/files/${shared}`, elsewhere)).json().code).toBe("FILE_NOT_FOUND");
  });

  test("are opened by no link that was tampered with, is over, is for something else, or whose maker may not any more", async () => {
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const id = await share(ada);
    const linkOf = async (who: Guest) =>
      (await ask("GET", `/files/${id}`, who)).json().download_url as string;
    const open = async (url: string) => (await api.app.inject({ method: "GET", url })).json().code;
    const good = await linkOf(bob);
    expect(await open(good.replace(/signature=./, "signature=g"))).toBe("LINK_NOT_VALID");
    expect(await open(good.replace(/expires=\d/, "expires=9"))).toBe("LINK_NOT_VALID");
    expect(await open(`/api/chat/files/${id}`)).toBe("LINK_NOT_VALID");
    expect((await put(good.replace("/files/", "/uploads/"))).json().code).toBe("LINK_NOT_VALID");
    api.rooms.present.get(room)!.delete(bob.participant);
    expect(await open(good)).toBe("LINK_NOT_VALID");
    const another = await linkOf(ada);
    permit(ada, { canReadChat: false });
    expect(await open(another)).toBe("LINK_NOT_VALID");
    const last = await linkOf(guest("Cy"));
    clock.advance(300_000);
    expect(await open(last)).toBe("LINK_NOT_VALID");
  });

  test("in transfer are looked at again when the rights of their maker may have changed, and not otherwise", async () => {
    const elsewhere = (await api.room()) as RoomId;
    const [ada, bob] = [guest("Ada"), guest("Bob")];
    const { events } = api.rooms;
    let looks = 0;
    const release = joinLinkMakers(api.rooms).onChange(`${joinLinks}:${ada.participant}`, room, () => {
      looks += 1;
    });
    const tell = (name: "participant.changed" | "participant.left", who: Guest, at = room) => {
      const participant = api.rooms.present.get(room)!.get(who.participant)!;
      events.emit(name, { room: api.rooms.stored.get(at)!, participant, reason: "" });
      return looks;
    };
    const update = (at: RoomId) => {
      events.emit("room.updated", { room: api.rooms.stored.get(at)! });
      return looks;
    };
    expect([tell("participant.changed", bob), tell("participant.left", bob)]).toEqual([0, 0]);
    expect([tell("participant.changed", ada, elsewhere), update(elsewhere)]).toEqual([0, 0]);
    // Nothing is known before the first one; then only what they may do in the chat counts.
    expect([tell("participant.changed", ada), tell("participant.changed", ada)]).toEqual([1, 1]);
    permit(ada, { canReadChat: false });
    expect([tell("participant.changed", ada), tell("participant.changed", ada)]).toEqual([2, 2]);
    expect([tell("participant.left", ada), update(room)]).toEqual([3, 4]);
    release();
    expect(tell("participant.left", ada)).toBe(4);
  });

  test("of a room that is gone are gone", async () => {
    const ada = guest("Ada");
    const id = await share(ada);
    const { download_url } = (await ask("GET", `/files/${id}`, ada)).json();
    await api.chat.removeRoom(room);
    expect((await api.app.inject({ method: "GET", url: download_url })).json().code).toBe("FILE_NOT_FOUND");
  });
});
