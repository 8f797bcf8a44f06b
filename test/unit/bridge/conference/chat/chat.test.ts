// What rooms keep of what is written in them: order, bounds, rates, and files that are what they were announced as.
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RoomId, silentLogger } from "#common";
import { Chat, type ChatAuthor, type ChatMessage, type ChatSettings } from "#conference/chat";
import { openStore, type Store } from "#services/store";
import { FakeClock, settle } from "#test/support";

const room = "room-1" as RoomId;
const other = "room-2" as RoomId;
const authorNamed = (name: string): ChatAuthor => ({
  ...{ owner: `token:${name}`, displayName: name, participantId: null, memberId: null, userId: null },
});
const ada = authorNamed("Ada");
const bob = authorNamed("Bob");
/** A PNG of one pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const text = Buffer.from("Ada, Bob und Zoë\n");

let clock: FakeClock;
let store: Store;
let folder: string;
let rooms: Set<RoomId>;
const open: Chat[] = [];

const settings: ChatSettings = {
  ...{ maxMessages: 5, maxFileBytes: 1000, maxRoomBytes: 2000, maxTotalBytes: 2500, minFreeBytes: 0 },
  contentTypes: ["text/plain", "image/png", "application/pdf"],
};

async function openChat(changes: Partial<ChatSettings> = {}): Promise<Chat> {
  const chat = await Chat.open(
    {
      ...{ repository: store.chat, folder, clock, log: silentLogger },
      settings: { ...settings, ...changes },
      roomExists: async (id) => rooms.has(id),
      meetingOf: () => undefined,
    },
    [...rooms],
  );
  open.push(chat);
  return chat;
}

beforeEach(async () => {
  clock = new FakeClock();
  store = await openStore(":memory:", clock);
  folder = await mkdtemp(join(tmpdir(), "parley-chat-"));
  rooms = new Set([room, other]);
});
afterEach(async () => {
  for (const chat of open.splice(0)) await chat.close();
  await store.close();
  await rm(folder, { recursive: true });
});

async function* pieces(...parts: readonly Uint8Array[]) {
  yield* parts;
}

/** Announced and uploaded. */
async function upload(chat: Chat, author: ChatAuthor, bytes: Uint8Array, contentType: string, where = room) {
  const announced = await chat.announce(where, author, { name: "file", contentType, size: bytes.length });
  if (!announced.ok) throw new Error(announced.error.code);
  const received = await chat.files.receive(announced.value.id, pieces(bytes));
  return { id: announced.value.id, received };
}

const texts = (messages: readonly ChatMessage[]) =>
  messages.map((message) => `${message.number} ${message.text}`);

test("a chat that is closed while it looks for what was not sent looks no more", async () => {
  const chat = await openChat();
  const looked = Promise.withResolvers<void>();
  store.chat.unsentBefore = async () => {
    await looked.promise;
    return [];
  };
  clock.advance(600_000);
  await chat.close();
  looked.resolve();
  await settle();
  expect(clock.pending).toBe(0);
});

describe("messages", () => {
  test("are numbered in their room, told when they are kept, and read from either end", async () => {
    const chat = await openChat();
    const told: string[] = [];
    chat.events.on("message", ({ message }) => told.push(`${message.number} ${message.text}`));
    for (const word of ["one", "two", "three"]) await chat.send(room, ada, { text: ` ${word}\r\n` });
    await chat.send(other, bob, { text: "elsewhere" });
    expect(told).toEqual(["1 one", "2 two", "3 three", "1 elsewhere"]);
    expect(texts(await chat.messages(room, { limit: 2 }))).toEqual(["2 two", "3 three"]);
    expect(texts(await chat.messages(room, { before: 3, limit: 9 }))).toEqual(["1 one", "2 two"]);
    expect(texts(await chat.messages(room, { after: 1, limit: 1 }))).toEqual(["2 two"]);
    expect(await chat.newest(room)).toBe(3);
  });

  test("keep their order when they come at once", async () => {
    const chat = await openChat({ maxMessages: 100 });
    const sent = await Promise.all(
      Array.from({ length: 10 }, (_, n) => chat.send(room, authorNamed(`${n}`), { text: `${n}` })),
    );
    expect(sent.map((each) => each.ok && each.value.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test.each([
    ["nothing", { text: "  \n " }],
    ["too much", { text: "é".repeat(4001) }],
    ["control characters", { text: "a\u0000b" }],
  ])("refuse %s", async (_, message) => {
    const sent = await (await openChat()).send(room, ada, message);
    expect(sent).toMatchObject({ ok: false, error: { code: "INVALID_FIELD", field: "text" } });
  });

  test("may be 4000 characters long, whatever they are", async () => {
    expect((await (await openChat()).send(room, ada, { text: "😀".repeat(4000) })).ok).toBe(true);
  });

  test("of one author come at a bounded rate, and hold up no other", async () => {
    const chat = await openChat({ maxMessages: 100 });
    for (let n = 0; n < 10; n++) expect((await chat.send(room, ada, { text: "x" })).ok).toBe(true);
    expect(await chat.send(room, ada, { text: "x" })).toMatchObject({
      error: { code: "CHAT_LIMIT", seconds: 1 },
    });
    expect((await chat.send(room, bob, { text: "x" })).ok).toBe(true);
    clock.advance(1000);
    expect((await chat.send(room, ada, { text: "x" })).ok).toBe(true);
  });

  test("beyond the bound of the room go, the oldest first, with their files", async () => {
    const chat = await openChat();
    const { id } = await upload(chat, ada, png, "image/png");
    await chat.send(room, ada, { fileId: id });
    for (let n = 2; n <= 5; n++) await chat.send(room, ada, { text: `${n}` });
    expect(await chat.files.openable(id)).toBeDefined();
    await chat.send(room, ada, { text: "6" });
    expect(texts(await chat.messages(room, { limit: 99 }))).toEqual(["2 2", "3 3", "4 4", "5 5", "6 6"]);
    expect(await chat.files.openable(id)).toBeUndefined();
    await chat.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test("and files go with their room, also when it went while the bridge was down", async () => {
    const chat = await openChat();
    for (const where of [room, other]) {
      const { id } = await upload(chat, ada, png, "image/png", where);
      await chat.send(where, ada, { fileId: id });
    }
    rooms.delete(room);
    await chat.removeRoom(room);
    expect(await chat.send(room, ada, { text: "late" })).toMatchObject({ error: { code: "ROOM_NOT_FOUND" } });
    expect(await chat.messages(room, { limit: 9 })).toEqual([]);
    expect(await readdir(folder)).toHaveLength(1);
    await chat.close();

    rooms.delete(other);
    const again = await openChat();
    expect(await again.newest(other)).toBe(0);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("files", () => {
  test("are sent once by the one who uploaded them, and opened by all of the room", async () => {
    const chat = await openChat();
    const { id, received } = await upload(chat, ada, text, "text/plain");
    expect(received).toMatchObject({
      ok: true,
      value: { state: "ready", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await chat.files.of(room, id, bob.owner)).toBeUndefined();
    expect(await chat.send(room, bob, { fileId: id })).toMatchObject({ error: { code: "FILE_NOT_FOUND" } });
    expect(await chat.send(other, ada, { fileId: id })).toMatchObject({ error: { code: "FILE_NOT_FOUND" } });
    const sent = await chat.send(room, ada, { text: "look", fileId: id });
    expect(sent).toMatchObject({ value: { text: "look", file: { id, name: "file", size: text.length } } });
    expect(await chat.send(room, ada, { fileId: id })).toMatchObject({ error: { code: "FILE_NOT_FOUND" } });
    expect(await chat.files.of(room, id, bob.owner)).toMatchObject({ path: join(folder, id) });
    expect(await chat.files.of(other, id, ada.owner)).toBeUndefined();
    expect((await chat.messages(room, { limit: 1 }))[0]?.file?.id).toBe(id);
  });

  test.each([
    ["a picture announced as text", png, "text/plain", "text/plain was announced, and the file is image/png"],
    [
      "text announced as a picture",
      text,
      "image/png",
      "image/png was announced, and the file is no format that is known",
    ],
    [
      "a picture announced as a document",
      png,
      "application/pdf",
      "application/pdf was announced, and the file is image/png",
    ],
    ["bytes that are no text", Buffer.from([0x41, 0x00, 0xff]), "text/plain", "no text in UTF-8"],
  ])("that are something else are refused: %s", async (_, bytes, contentType, words) => {
    const chat = await openChat();
    const { id, received } = await upload(chat, ada, bytes, contentType);
    expect(received).toMatchObject({ ok: false, error: { code: "FILE_MISMATCH" } });
    expect(received.ok || received.error.message).toContain(words);
    expect(await chat.files.openable(id)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["longer", [png, png]],
    ["shorter", [png.subarray(0, 20)]],
  ])("%s than announced are refused, and can be uploaded again", async (_, parts) => {
    const chat = await openChat();
    const announced = await chat.announce(room, ada, {
      name: "a.png",
      contentType: "image/png",
      size: png.length,
    });
    const { id } = announced.ok ? announced.value : { id: "" };
    expect(await chat.files.receive(id, pieces(...parts))).toMatchObject({
      error: { code: "FILE_MISMATCH" },
    });
    expect(await readdir(folder)).toEqual([]);
    expect((await chat.files.receive(id, pieces(png))).ok).toBe(true);
    expect(await chat.files.receive(id, pieces(png))).toMatchObject({
      error: { code: "FILE_ALREADY_THERE" },
    });
  });

  test("whose upload breaks off leave nothing", async () => {
    const chat = await openChat();
    const announced = await chat.announce(room, ada, {
      name: "a.png",
      contentType: "image/png",
      size: png.length,
    });
    async function* broken() {
      yield png.subarray(0, 9);
      throw new Error("gone");
    }
    await expect(chat.files.receive(announced.ok ? announced.value.id : "", broken())).rejects.toThrow(
      "gone",
    );
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ["FILE_NOT_ALLOWED", { contentType: "text/html" }],
    ["FILE_TOO_LARGE", { size: 1001 }],
    ["INVALID_FIELD", { name: "../../etc/passwd" }],
    ["INVALID_FIELD", { name: "a\nb" }],
    ["INVALID_FIELD", { name: ".." }],
  ])("are refused with %s: %o", async (code, changes) => {
    const file = { name: "a.txt", contentType: "text/plain", size: 10, ...changes };
    expect(await (await openChat()).announce(room, ada, file)).toMatchObject({ error: { code } });
  });

  test("of a room, of all rooms and on the disk are bounded", async () => {
    const file = { name: "a.txt", contentType: "text/plain", size: 1000 };
    const chat = await openChat();
    await chat.announce(room, ada, file);
    await chat.announce(room, ada, file);
    expect(await chat.announce(room, bob, { ...file, size: 1 })).toMatchObject({
      error: { code: "TOO_MANY_FILES" },
    });
    expect(await chat.announce(other, bob, file)).toMatchObject({ error: { code: "NO_SPACE" } });
    const full = await openChat({ minFreeBytes: Number.MAX_SAFE_INTEGER, maxTotalBytes: 1e6 });
    expect(await full.announce(other, bob, file)).toMatchObject({ error: { code: "NO_SPACE" } });
  });

  test("that one person has not sent are few", async () => {
    const chat = await openChat();
    const file = { name: "a.txt", contentType: "text/plain", size: 1 };
    for (let n = 0; n < 10; n++) expect((await chat.announce(room, ada, file)).ok).toBe(true);
    expect(await chat.announce(room, ada, file)).toMatchObject({ error: { code: "TOO_MANY_FILES" } });
    expect((await chat.announce(room, bob, file)).ok).toBe(true);
  });

  test("that no message has after an hour go, and so does what no row knows", async () => {
    const before = await openChat();
    const { id } = await upload(before, ada, text, "text/plain");
    const sent = await upload(before, ada, text, "text/plain");
    await before.send(room, ada, { fileId: sent.id });
    await before.close();
    await writeFile(join(folder, "left-behind.part"), "x");
    clock.advance(3_600_001);
    const chat = await openChat();
    expect(await chat.files.find(id)).toBeUndefined();
    expect(await readdir(folder)).toEqual([sent.id]);
  });
});
