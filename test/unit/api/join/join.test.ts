// What the holder of a join token may ask and do over HTTP, and what no other client may.
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { MeetingId, ParticipantId, RoomId } from "#common";
import { Members } from "#conference/members";
import { LinkSigner } from "#conference/recordings";
import { baseRoleOf, defaultPermissions } from "#conference/rooms";
import { JoinTokens } from "#services/join-tokens";
import { openStore } from "#services/store";
import { FakeClock, FakeMembersRepository, settle } from "#test/support";
import { toWireWithNulls } from "../../../../api/wire.ts";
import { FakeRooms } from "../support/fake-rooms.ts";
import { Fixture } from "../support/fixture.ts";

let api: Fixture;
let clock: FakeClock;
let tokens: JoinTokens;
let room: RoomId;

beforeEach(async () => {
  clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  tokens = await JoinTokens.open({ repository: store.revocations, clock });
  const address = {
    ...{ domain: "pbx.example", sbcHost: "meet.example", sbcPort: 443 },
    joinPage: "https://meet.example/join/",
  };
  const iceServers = (holder: string) => [
    { urls: ["turn:turn.example"], username: `9:${holder}`, credential: "c" },
  ];
  api = await Fixture.create({ clock, webPhones: { address, tokens, iceServers } });
  room = (await api.room({ extension_number: "8000", subject: "Board" })) as RoomId;
});

type Method = "GET" | "PUT" | "POST" | "DELETE";
const ask = (method: Method, url: string, token?: string, payload?: object, sipCallId?: string) =>
  api.app.inject({
    method,
    url: `/api/join${url}`,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(sipCallId !== undefined && { "parley-call": sipCallId }),
    },
    ...(payload && { payload }),
  });

/** A participant inside, by a call with the token. */
function inside(
  token: { readonly id: string },
  sipCallId: string,
  role: "host" | "participant" = "participant",
) {
  const { id: made, ...participant } = api.rooms.join(room, "Ada");
  api.rooms.present.get(room)!.delete(made);
  const id = `leg-${sipCallId}` as ParticipantId;
  const permissions = defaultPermissions[baseRoleOf(role)];
  api.rooms.present.get(room)!.set(id, { ...participant, id, role, permissions });
  const entry = api.calls.begin(
    {
      ...{ direction: "inbound", from: token.id, to: "8000", displayName: "Ada", trunk: null, sipCallId },
      ...{ transport: "WSS", signallingAddress: "192.0.2.1:5060" },
    },
    { state: "talking", dumpable: undefined, end: () => undefined },
  );
  entry.note({ roomId: room, participantId: id, meetingId: "m" as MeetingId });
  return id;
}

const issue = (fields: Parameters<JoinTokens["issue"]>[1] = {}) => {
  const { token, claims } = tokens.issue(room, fields);
  return { token, id: claims.id };
};

describe("what a token opens", () => {
  test("is shown with all that a browser needs", async () => {
    const { token, id } = issue({ displayName: "Ada", role: "host" });
    const response = await ask("GET", "", token);
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      room: {
        ...{ id: room, name: "Board", extension_number: "8000", mode: "AUDIO" },
        ...{ entry: "open", begins_at: null, recording: false, picture: null },
      },
      participant: {
        ...{ display_name: "Ada", role: "host" },
        permissions: toWireWithNulls(defaultPermissions.moderator),
      },
      links: {
        moderator: `https://meet.example/join/?room=${room}&secret=moderator1`,
        speaker: `https://meet.example/join/?room=${room}&secret=speaker001`,
      },
      sip: { uri: "sip:8000@pbx.example", domain: "pbx.example", path: "/sip" },
      ice_servers: [{ urls: ["turn:turn.example"], username: `9:${id}`, credential: "c" }],
      expires_in: 14_400,
    });
    expect(response.headers["cache-control"]).toBe("no-store");
    expect(JSON.stringify(api.lines)).not.toContain(token);
  });

  test.each([
    ["locked", () => api.rooms.locked.add(room)],
    ["closed", () => api.rooms.stored.set(room, { ...api.rooms.stored.get(room)!, closed: true })],
    [
      "full",
      async () => {
        for (let n = 0; n < 9; n++) inside(issue(), `call-${n}`);
      },
    ],
    [
      "not_begun",
      () => {
        const soon = new Date(clock.now() + 3_600_000).toISOString();
        api.rooms.stored.set(room, { ...api.rooms.stored.get(room)!, scheduledStartAt: soon });
      },
    ],
    [
      "over",
      () => {
        const before = new Date(clock.now() - 3_600_000).toISOString();
        api.rooms.stored.set(room, { ...api.rooms.stored.get(room)!, scheduledEndAt: before });
      },
    ],
  ])("says that the room is %s", async (entry, arrange) => {
    await arrange();
    expect((await ask("GET", "", issue().token)).json().room.entry).toBe(entry);
  });

  test("is nothing for one that is missing, foreign, tampered with, expired or revoked", async () => {
    const good = issue({ seconds: 60 });
    const revoked = issue();
    await tokens.revoke(room, revoked.id);
    const codes = async () =>
      Promise.all(
        [undefined, "nonsense", `${good.token.slice(0, -4)}AAAA`, revoked.token, good.token].map(
          async (token) => {
            const response = await ask("GET", "", token);
            return `${response.statusCode} ${response.json().code ?? ""}`.trim();
          },
        ),
      );
    expect(await codes()).toEqual([
      "401 UNAUTHENTICATED",
      "401 UNAUTHENTICATED",
      "401 UNAUTHENTICATED",
      "401 TOKEN_REVOKED",
      "200",
    ]);
    clock.advance(61_000);
    expect((await codes()).at(-1)).toBe("401 TOKEN_EXPIRED");
  });

  test("is gone with its room", async () => {
    const { token } = issue();
    await api.post(`/api/conference_rooms/${room}/destroy`);
    expect((await ask("GET", "", token)).json().code).toBe("ROOM_NOT_FOUND");
  });

  test("is the join API alone: no other operation takes a join token", async () => {
    const { token } = issue({ role: "host" });
    const response = await api.app.inject({
      ...{ method: "GET", url: "/api/conference_rooms" },
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.statusCode).toBe(401);
  });
});

describe("a token in the middle of its call", () => {
  const renew = async (token: string, sipCallId?: string) => {
    const response = await ask("POST", "/renewal", token, undefined, sipCallId);
    return response.json() as { token: string; expires_in: number; code?: string };
  };

  test("is had again for longer, and opens no more than before", async () => {
    const ada = issue({ seconds: 60, displayName: "Ada", role: "host" });
    inside(ada, "call-a");
    clock.advance(30_000);
    const renewed = await renew(ada.token, "call-a");
    expect(renewed.expires_in).toBe(3600);
    clock.advance(31_000);

    expect((await ask("GET", "", ada.token)).json().code).toBe("TOKEN_EXPIRED");
    expect((await ask("GET", "", renewed.token)).json()).toMatchObject({
      room: { id: room },
      participant: { display_name: "Ada", role: "host" },
      expires_in: 3569,
    });
    expect((await ask("PUT", "/self/mute", renewed.token, { on: true }, "call-a")).statusCode).toBe(200);
  });

  test("does not end sooner for it", async () => {
    const ada = issue({ seconds: 7200 });
    inside(ada, "call-a");
    expect((await renew(ada.token, "call-a")).expires_in).toBe(7200);
  });

  test("is not renewed without a call of its own, nor after its end", async () => {
    const [ada, bob] = [issue({ seconds: 60 }), issue()];
    inside(ada, "call-a");
    expect((await renew(ada.token)).code).toBe("NOT_IN_THE_ROOM");
    expect((await renew(bob.token, "call-a")).code).toBe("NOT_IN_THE_ROOM");
    clock.advance(61_000);
    expect((await renew(ada.token, "call-a")).code).toBe("TOKEN_EXPIRED");
  });

  test.each([
    ["itself", (id: string) => tokens.revoke(room, id)],
    ["all of its room", () => tokens.revokeAllOf(room)],
    ["all", () => tokens.revokeAll()],
  ])("is revoked with %s", async (_, revoke) => {
    const ada = issue();
    inside(ada, "call-a");
    const { token } = await renew(ada.token, "call-a");
    await revoke(ada.id);
    expect((await ask("GET", "", token)).statusCode).toBe(401);
  });
});

describe("one's own buttons", () => {
  test("act on the participant of one's own call", async () => {
    const ada = issue();
    const participant = inside(ada, "call-a");
    expect((await ask("PUT", "/self/mute", ada.token, { on: true }, "call-a")).statusCode).toBe(200);
    expect((await ask("PUT", "/self/hand", ada.token, { on: true }, "call-a")).statusCode).toBe(200);
    expect(api.rooms.present.get(room)!.get(participant)).toMatchObject({
      muteReasons: ["self"],
      handRaised: true,
    });
  });

  test("do nothing without a call, or with the call of another token", async () => {
    const [ada, bob] = [issue(), issue()];
    inside(ada, "call-a");
    for (const sipCallId of [undefined, "call-x", "call-a"]) {
      const response = await ask("PUT", "/self/mute", bob.token, { on: true }, sipCallId);
      expect(response.json().code).toBe("NOT_IN_THE_ROOM");
    }
  });

  test.each([[{}], [{ on: "yes" }], [{ on: true, room: "other" }]])("refuse the body %j", async (body) => {
    const ada = issue();
    inside(ada, "call-a");
    expect((await ask("PUT", "/self/mute", ada.token, body, "call-a")).statusCode).toBeGreaterThanOrEqual(
      400,
    );
  });
});

describe("the buttons of hosts", () => {
  const operations: readonly [Method, string, object | undefined][] = [
    ["PUT", "/room/lock", { on: true }],
    ["PUT", "/room/mute", { on: true }],
    ["PUT", "/room/recording", { on: true }],
    ["POST", "/room/invite", { number: "100" }],
    ["PUT", "/participants/leg-call-b/mute", { on: true }],
    ["PUT", "/room/layout", { layout: "LAYOUT4" }],
    ["PUT", "/participants/leg-call-b/position", { position: 0 }],
    ["DELETE", "/participants/leg-call-b", undefined],
  ];

  test.each(operations)("%s %s is for hosts alone", async (method, url, body) => {
    const [guest, bob] = [issue(), issue()];
    inside(guest, "call-a");
    inside(bob, "call-b");
    const response = await ask(method, url, guest.token, body, "call-a");
    const ofPermission = url === "/room/recording" || method === "DELETE";
    expect(response.json().code).toBe(ofPermission ? "PERMISSION_DENIED" : "HOSTS_ONLY");
    expect([api.rooms.locked.size, api.rooms.muted.size, api.rooms.present.get(room)!.size]).toEqual([
      0, 0, 2,
    ]);
  });

  test("act on the room of the token", async () => {
    const ada = issue({ role: "host" });
    const bob = inside(issue(), "call-b");
    expect((await ask("PUT", "/room/lock", ada.token, { on: true })).statusCode).toBe(200);
    expect((await ask("PUT", "/room/mute", ada.token, { on: true })).statusCode).toBe(200);
    expect((await ask("PUT", `/participants/${bob}/mute`, ada.token, { on: true })).statusCode).toBe(200);
    expect([api.rooms.locked.has(room), api.rooms.muted.has(room)]).toEqual([true, true]);
    expect(api.rooms.present.get(room)!.get(bob)!.muteReasons).toEqual(["host"]);
    expect((await ask("DELETE", `/participants/${bob}`, ada.token)).statusCode).toBe(200);
    expect(api.rooms.present.get(room)!.has(bob)).toBe(false);
    expect((await ask("DELETE", `/participants/${bob}`, ada.token)).json().code).toBe(
      "PARTICIPANT_NOT_FOUND",
    );
  });

  test("are for those, too, who have become host by the PIN since", async () => {
    const ada = issue();
    inside(ada, "call-a", "host");
    expect((await ask("PUT", "/room/lock", ada.token, { on: true }, "call-a")).statusCode).toBe(200);
  });

  test("are for the chairman, too, host or not, but for calling numbers", async () => {
    const ada = issue();
    const [chair, bob] = [inside(ada, "call-a"), inside(issue(), "call-b")];
    api.rooms.allowed.add("100");
    const put = (url: string, body: object) => ask("PUT", url, ada.token, body, "call-a");
    expect((await put(`/participants/${bob}/mute`, { on: false })).json().code).toBe("HOSTS_ONLY");
    const present = api.rooms.present.get(room)!;
    present.set(chair, { ...present.get(chair)!, chairman: true });
    expect((await put(`/participants/${bob}/mute`, { on: false })).statusCode).toBe(200);
    expect((await put("/room/mute", { on: true })).statusCode).toBe(200);
    const invited = await ask("POST", "/room/invite", ada.token, { number: "100" }, "call-a");
    expect([invited.json().code, api.rooms.dialled]).toEqual(["HOSTS_ONLY", []]);
  });

  test("call numbers as a host, whose participant is told of", async () => {
    const ada = issue({ role: "host" });
    const host = inside(ada, "call-a", "host");
    const invite = () => ask("POST", "/room/invite", ada.token, { number: "100" }, "call-a");
    expect((await invite()).json().code).toBe("DIAL_OUT_NOT_ALLOWED");
    api.rooms.allowed.add("100");
    expect((await invite()).statusCode).toBe(200);
    expect(api.rooms.diallingHosts).toEqual([{ participant: host }, { participant: host }]);
  });
});

/** Serves until the test is over. */
async function listen(served: Fixture): Promise<number> {
  onTestFinished(() => served.app.close());
  await served.app.listen({ port: 0, host: "127.0.0.1" });
  return (served.app.server.address() as { port: number }).port;
}

describe("a request that is under way when its token is revoked", () => {
  test("does nothing, although the token was good when it began", async () => {
    const host = issue({ role: "host" });
    const looked = vi.spyOn(tokens, "look");
    const socket = connect(await listen(api), "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (piece) => {
      text += piece;
    });
    const body = JSON.stringify({ on: true });
    const head = ["PUT /api/join/room/lock HTTP/1.1", "Host: parley", `Authorization: Bearer ${host.token}`];
    const rest = ["Connection: close", "Content-Type: application/json", `Content-Length: ${body.length}`];
    socket.write(`${[...head, ...rest].join("\r\n")}\r\n\r\n${body.slice(0, 4)}`);
    await vi.waitFor(() => expect(looked).toHaveBeenCalledOnce());
    await tokens.revoke(room, host.id);
    socket.write(body.slice(4));
    await once(socket, "close");
    expect(text).toMatch(/^HTTP\/1.1 401 /);
    expect(api.rooms.locked.has(room)).toBe(false);
  });

  test.each([
    "the token is revoked",
    "the room shows its recordings to administrators alone",
    "the member may not see recordings any more",
  ])("ends, when it is the download of a recording and %s", async (what) => {
    const folder = mkdtempSync(join(tmpdir(), "parley-join-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, "long.mp4");
    writeFileSync(path, "");
    truncateSync(path, 200_000_000);
    const file = { path, name: "long.mp4", contentType: "video/mp4", sha256: null, endedAt: null } as const;
    const recordings = { file: async () => file, poster: async () => undefined };
    const rooms = new FakeRooms();
    const members = new Members({
      ...{ repository: new FakeMembersRepository(), rooms, clock },
      ...{ revoke: async () => {}, isDisabled: async () => false },
    });
    const other = await Fixture.create({
      ...{ clock, rooms, members, downloads: { recordings, links: new LinkSigner("secret") } },
      webPhones: {
        address: { domain: "d", sbcHost: "s", sbcPort: 443, joinPage: "https://meet.example/join/" },
        ...{ tokens, iceServers: () => [] },
      },
    });
    const made = await rooms.create({ extensionNumber: "8100" });
    if (!made.ok) throw new Error("no room");
    const { id: there, access } = made.value;
    const added = await members.add(there, { name: "Ada", baseRole: "moderator" });
    if (!added.ok) throw new Error("no member");
    const member = added.value.id;
    const { token, claims } = tokens.issue(there, { member, role: "host" });
    const { id } = rooms.recordings.add(there, "long");
    const port = await listen(other);
    const headers = { authorization: `Bearer ${token}` };
    const url = `http://127.0.0.1:${port}/api/join/recordings/${id}/file`;
    const response = await new Promise<IncomingMessage>((resolve) => get(url, { headers }, resolve));
    expect(response.statusCode).toBe(200);
    const cut = new Promise((resolve) => response.once("error", resolve));

    // What changes nothing of the right ends nothing.
    rooms.events.emit("room.updated", { room: made.value });
    await members.update(there, member, { name: "Ada L." });
    await settle();
    expect(response.errored).toBeNull();
    if (what.startsWith("the token")) await tokens.revoke(there, claims.id);
    else if (what.startsWith("the room")) {
      const recording = { ...access.config.recording, allowAccessTo: "admin" } as const;
      const changed = await rooms.update(there, { access: { config: { ...access.config, recording } } });
      if (changed.ok) rooms.events.emit("room.updated", { room: changed.value });
    } else await members.update(there, member, { customPermissions: { canRetrieveRecordings: false } });
    response.resume();
    expect(await cut).toMatchObject({ code: "ECONNRESET" });
  });
});

describe("what hosts do on the page", () => {
  test("is in the audit log without secrets, and their own buttons are not", async () => {
    const ada = issue({ role: "host", displayName: "Ada" });
    const id = inside(ada, "call-a", "host");
    const guest = issue({ displayName: "Bob" });
    await ask("PUT", "/self/mute", ada.token, { on: true }, "call-a");
    await ask("PUT", "/room/lock", ada.token, { on: true }, "call-a");
    await ask("PUT", "/room/lock", guest.token, { on: true });
    const { items } = (await api.get("/api/audit?filter=actor_kind eq 'participant'")).json();
    expect(items).toMatchObject([
      { actor_id: guest.id, actor_name: "Bob", operation: "lockMyRoom", outcome: "denied", status: 403 },
      {
        ...{ actor_id: id, actor_name: "Ada", operation: "lockMyRoom", object_id: room },
        ...{ outcome: "done", fields: ["on"] },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(ada.token);
  });
});

describe("the room's picture", () => {
  const session = async (token: string) => (await ask("GET", "", token)).json();

  test("is told with its size, where the room has one", async () => {
    const record = api.rooms.stored.get(room)!;
    api.rooms.stored.set(room, { ...record, mode: "VIDEO", width: 640, height: 360, framerate: 10 });
    expect((await session(issue().token)).room).toMatchObject({
      mode: "VIDEO",
      picture: { width: 640, height: 360, framerate: 10 },
    });
  });

  test("has the layout that a host chooses", async () => {
    const ada = issue({ role: "host" });
    expect((await ask("PUT", "/room/layout", ada.token, { layout: "LAYOUT6" })).json()).toEqual({});
    expect(api.rooms.stored.get(room)!.layout).toBe("LAYOUT6");
  });

  test.each([[{}], [{ layout: "LAYOUT5" }], [{ layout: 4 }], [{ layout: "LAYOUT4", subject: "x" }]])(
    "has no layout as %j",
    async (body) => {
      const ada = issue({ role: "host" });
      expect((await ask("PUT", "/room/layout", ada.token, body)).statusCode).toBeGreaterThanOrEqual(400);
      expect(api.rooms.stored.get(room)!.layout).toBe("LAYOUT0");
    },
  );

  test("has participants pinned, hidden and let go by a host", async () => {
    const ada = issue({ role: "host" });
    const [bob, carol] = [inside(issue(), "call-b"), inside(issue(), "call-c")];
    const pin = (who: string, position: unknown) =>
      ask("PUT", `/participants/${who}/position`, ada.token, { position });
    const pinned = () => [bob, carol].map((who) => api.rooms.present.get(room)!.get(who)!.pinnedTo);
    expect((await pin(bob, 2)).json()).toEqual({});
    expect((await pin(carol, -1)).json()).toEqual({});
    expect(pinned()).toEqual([2, -1]);
    expect((await pin(carol, 2)).json()).toMatchObject({ status: 409, code: "POSITION_TAKEN" });
    expect((await pin(bob, null)).json()).toEqual({});
    expect((await pin("nobody", 0)).json().code).toBe("PARTICIPANT_NOT_FOUND");
    for (const position of [9, -2, 0.5, "0", undefined]) {
      expect((await pin(bob, position)).statusCode).toBeGreaterThanOrEqual(400);
    }
    expect(pinned()).toEqual([null, -1]);
  });
});

describe("the roster", () => {
  interface Followed {
    readonly lines: Record<string, unknown>[];
    readonly ended: Promise<unknown>;
  }

  let listening: Promise<string> | undefined;
  beforeEach(() => {
    listening = undefined;
  });

  async function follow(token: string, sipCallId?: string): Promise<Followed> {
    const lines: Record<string, unknown>[] = [];
    listening ??= api.app.listen({ host: "127.0.0.1", port: 0 });
    const origin = await listening;
    const response = await fetch(`${origin}/api/join/roster`, {
      headers: { authorization: `Bearer ${token}`, ...(sipCallId && { "parley-call": sipCallId }) },
    });
    expect(response.headers.get("content-type")).toContain("application/x-ndjson");
    const ended = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        for (const line of chunk.split("\n")) if (line !== "") lines.push(JSON.parse(line));
      }
    })();
    return { lines, ended };
  }

  async function until(holds: () => boolean): Promise<void> {
    for (let turn = 0; turn < 1000 && !holds(); turn++) {
      clock.advance(200);
      await settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(holds()).toBe(true);
  }

  test("takes no HEAD, which would not end", async () => {
    const headers = { authorization: `Bearer ${issue().token}` };
    const response = await api.app.inject({ method: "HEAD", url: "/api/join/roster", headers });
    expect([response.statusCode, response.headers["allow"]]).toEqual([405, "GET"]);
  });

  test("is told as it is, with oneself marked, and when it changes", async () => {
    const ada = issue();
    const participant = inside(ada, "call-a");
    const { lines, ended } = await follow(ada.token, "call-a");
    await until(() => lines.length === 1);
    expect(lines[0]).toMatchObject({ locked: false, you: participant, participants: [{ id: participant }] });

    api.rooms.locked.add(room);
    const record = api.rooms.stored.get(room)!;
    const status = {
      status: "ON_CALL",
      locked: true,
      muted: false,
      recording: false,
      pictureDegradation: 0,
    } as const;
    api.rooms.events.emit("room.changed", { room: record, status });
    await until(() => lines.length === 2);
    expect(lines[1]).toMatchObject({ locked: true });
    await api.app.close();
    await ended;
  });

  test("is read once for all who follow, each of whom is told who they are", async () => {
    const readers = await Promise.all(
      ["call-a", "call-b", "call-c"].map(async (sipCallId) => {
        const token = issue();
        const participant = inside(token, sipCallId);
        return { participant, ...(await follow(token.token, sipCallId)) };
      }),
    );
    await until(() => readers.every(({ lines }) => lines.length > 0));
    let reads = 0;
    const { participants } = api.rooms;
    api.rooms.participants = (id) => {
      reads += 1;
      return participants.call(api.rooms, id);
    };
    const joined = inside(issue(), "call-d");
    const record = api.rooms.stored.get(room)!;
    const off = { locked: false, muted: false, recording: false, pictureDegradation: 0 };
    const status = { status: "ON_CALL", ...off } as const;
    api.rooms.events.emit("room.changed", { room: record, status });
    await until(() => readers.every(({ lines }) => JSON.stringify(lines.at(-1)).includes(joined)));
    expect(reads).toBe(1);
    for (const { lines, participant } of readers) expect(lines.at(-1)!["you"]).toBe(participant);
    await api.app.close();
    await Promise.all(readers.map(({ ended }) => ended));
  });

  test("is told again when the layout or a pin changes", async () => {
    const ada = issue();
    const participant = inside(ada, "call-a");
    const { lines, ended } = await follow(ada.token, "call-a");
    await until(() => lines.length === 1);
    expect(lines[0]).toMatchObject({ layout: "LAYOUT0", participants: [{ position: null }] });

    const record = { ...api.rooms.stored.get(room)!, layout: "LAYOUT9" } as const;
    api.rooms.stored.set(room, record);
    await api.rooms.setPosition(room, participant, 8);
    api.rooms.events.emit("room.updated", { room: record });
    await until(() => lines.length === 2);
    expect(lines[1]).toMatchObject({ layout: "LAYOUT9", participants: [{ position: 8 }] });
    await api.app.close();
    await ended;
  });

  test("ends at once when the token is revoked", async () => {
    const ada = issue();
    const { lines, ended } = await follow(ada.token);
    await until(() => lines.length === 1);
    await tokens.revoke(room, ada.id);
    await ended;
    await api.app.close();
  });

  test("ends with the room", async () => {
    const { lines, ended } = await follow(issue().token);
    await until(() => lines.length === 1);
    const record = api.rooms.stored.get(room)!;
    await api.post(`/api/conference_rooms/${room}/destroy`);
    api.rooms.events.emit("room.deleted", { room: record });
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await until(() => over);
    await api.app.close();
  });
});
