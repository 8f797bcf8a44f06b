// Join tokens over the API: what is shown to whom, and what is revoked.
import { beforeEach, describe, expect, test } from "vitest";
import type { RoomId } from "#common";
import { JoinTokens } from "#services/join-tokens";
import { openStore } from "#services/store";
import { FakeClock } from "#test/support";
import { Fixture } from "../support/fixture.ts";

const address = {
  ...{ domain: "pbx.example", sbcHost: "meet.example", sbcPort: 443 },
  joinPage: "https://meet.example/join/",
};
let api: Fixture;
let tokens: JoinTokens;
let room: RoomId;

beforeEach(async () => {
  const clock = new FakeClock();
  const store = await openStore(":memory:", clock);
  tokens = await JoinTokens.open({ repository: store.revocations, clock });
  const iceServers = (holder: string) => [
    { urls: ["turn:turn.example"], username: `9:${holder}`, credential: "c" },
  ];
  api = await Fixture.create({ clock, webPhones: { address, tokens, iceServers } });
  room = (await api.room({ extension_number: "8000" })) as RoomId;
});

const kind = (token: string) => tokens.judge(token).kind;
const path = (end = "") => `/api/conference_rooms/${room}/tokens${end}`;

describe("a token", () => {
  test("is made with everything that a browser needs", async () => {
    const response = await api.post(path(), { display_name: "Ada", role: "host", expires_in: 600 });
    expect(response.statusCode).toBe(201);
    const made = response.json();
    expect(made).toMatchObject({
      ...{ extension_number: "8000", display_name: "Ada", role: "host" },
      ...{ domain: "pbx.example", sbc_host: "meet.example", sbc_port: 443 },
      ice_servers: [{ urls: ["turn:turn.example"], username: `9:${made.id}`, credential: "c" }],
    });
    expect(made.join_url).toBe(`https://meet.example/join/#${made.token}`);
    const verdict = tokens.judge(made.token);
    expect(verdict.kind === "accepted" && tokens.termsOf(verdict.principal)).toMatchObject({
      room,
      role: "host",
    });
    expect(JSON.stringify(api.lines)).not.toContain(made.token);
  });

  test("is for any holder, as a participant, unless it says more", async () => {
    expect((await api.post(path(), {})).json()).toMatchObject({ display_name: null, role: "participant" });
    expect((await api.post(path(), { expires_in: 1 })).statusCode).toBe(422);
    const nowhere = await api.post("/api/conference_rooms/none/tokens", {});
    expect(nowhere.json().code).toBe("ROOM_NOT_FOUND");
  });

  test("is revoked by its id, with all of the room, or with all there are", async () => {
    const [first, second, third] = await Promise.all(
      [1, 2, 3].map(async () => (await api.post(path(), {})).json() as { id: string; token: string }),
    );
    expect((await api.post(path(`/${first!.id}/destroy`))).statusCode).toBe(204);
    expect([first, second].map((one) => kind(one!.token))).toEqual(["wrong", "accepted"]);
    expect((await api.post(path("/destroy"))).statusCode).toBe(204);
    expect(kind(third!.token)).toBe("wrong");
    const { token } = (await api.post(path(), {})).json();
    expect((await api.post("/api/join_tokens/destroy")).statusCode).toBe(204);
    expect(kind(token)).toBe("wrong");
  });
});

describe("a room", () => {
  test("shows where browsers connect, and its token to those who may see PINs", async () => {
    const url = `/api/conference_rooms/${room}`;
    const shown = (await api.get(url)).json();
    expect(shown).toMatchObject({ domain: "pbx.example", sbc_host: "meet.example", sbc_port: 443 });
    expect(kind(shown.token)).toBe("accepted");
    const sentBack = await api.post(url, { ...shown, token: "whatever", subject: "Other" });
    expect(sentBack.statusCode).toBe(200);

    const { key } = (await api.post("/api/keys", { name: "Panel", scopes: ["read"] })).json();
    const asPanel = await api.app.inject({ method: "GET", url, headers: { "x-api-key": key } });
    expect(asPanel.json()).toMatchObject({ domain: "pbx.example", token: null });
  });
});
