// The chat as the page keeps it: one order, nothing twice, what was missed, what a refusal means.
import { describe, expect, test } from "vitest";
import type { WireMessage } from "../../../../../../api/chat/schemas.ts";
import { ChatSession, troubleOf } from "../../../../../../api/web/src/session/chat.ts";
import { type JoinApi, JoinRefused } from "../../../../../../api/web/src/session/join-api.ts";

const message = (number: number): WireMessage => ({
  ...{ id: `m-${number}`, number, sent_at: "2026-01-01T00:00:00.000Z", text: `${number}`, file: null },
  sender: { display_name: "Ada", participant_id: null, member_id: null, user_id: null },
});

/** A bridge with so many messages; the refusal that comes next. */
function bridge(count: number) {
  const state = { messages: Array.from({ length: count }, (_, index) => message(index + 1)), asked: 0 };
  let refusal: JoinRefused | undefined;
  const answer = <Value>(value: Value): Value => {
    const refused = refusal;
    refusal = undefined;
    if (refused) throw refused;
    return value;
  };
  const api = {
    async messages({ after, before, limit = 50 }: Readonly<Record<string, number>>) {
      state.asked += 1;
      const all = state.messages;
      if (after !== undefined) return answer({ items: all.slice(after, after + limit), newest: all.length });
      const end = before === undefined ? all.length : before - 1;
      return answer({ items: all.slice(Math.max(0, end - limit), end), newest: all.length });
    },
    async sendMessage() {
      const sent = answer(message(state.messages.length + 1));
      state.messages.push(sent);
      return sent;
    },
    upload: async () => answer("f-1"),
  };
  return {
    chat: new ChatSession(api as unknown as JoinApi),
    state,
    refuse: (code: string) => (refusal = new JoinRefused("linkInvalid", code)),
  };
}

const numbers = (chat: ChatSession) => chat.messages.value.map(({ number }) => number);

describe("messages", () => {
  test("begin with the latest, seen already, and go back to the first", async () => {
    const { chat } = bridge(150);
    await chat.load();
    expect([numbers(chat)[0], numbers(chat).at(-1), chat.unseen.value, chat.hasOlder.value]).toEqual([
      51,
      150,
      0,
      true,
    ]);
    await chat.loadOlder();
    expect([numbers(chat)[0], numbers(chat).length, chat.hasOlder.value]).toEqual([1, 150, false]);
  });

  test("are there once and in order, however they come", async () => {
    const { chat, state } = bridge(1);
    await chat.load();
    state.messages.push(message(2), message(3));
    chat.heard(message(3));
    chat.heard(message(3));
    expect(chat.unseen.value).toBe(1);
    chat.heard(message(2));
    expect(numbers(chat)).toEqual([1, 2, 3]);
    chat.markSeen();
    expect(chat.unseen.value).toBe(0);
  });

  test("that were missed are asked for when the stream is there again", async () => {
    const { chat, state } = bridge(1);
    await chat.load();
    state.messages.push(...Array.from({ length: 120 }, (_, index) => message(index + 2)));
    await chat.load();
    expect([numbers(chat).length, chat.unseen.value, state.asked]).toEqual([121, 120, 3]);
  });

  test("of one's own are seen, and one that was refused is not there", async () => {
    const { chat, refuse } = bridge(0);
    await chat.load();
    expect(await chat.send("x")).toBe(true);
    expect([numbers(chat), chat.unseen.value]).toEqual([[1], 0]);
    refuse("CHAT_LIMIT");
    expect(await chat.send("x")).toBe(false);
    expect([numbers(chat), chat.trouble.value]).toEqual([[1], "tooFast"]);
    expect(await chat.send("x")).toBe(true);
    expect(chat.trouble.value).toBeUndefined();
  });

  test("are closed to those who may not read them, and open again", async () => {
    const { chat, refuse } = bridge(1);
    refuse("CHAT_NOT_ALLOWED");
    await chat.load();
    expect([chat.isOpen.value, numbers(chat)]).toEqual([false, []]);
    await chat.load();
    expect([chat.isOpen.value, numbers(chat)]).toEqual([true, [1]]);
  });
});

describe("files", () => {
  test("go one at a time, and the page says which", async () => {
    const { chat } = bridge(0);
    await chat.load();
    const file = new File(["x"], "agenda.txt");
    const first = chat.sendFile(file);
    expect(chat.uploading.value).toBe("agenda.txt");
    expect(await chat.sendFile(file)).toBe(false);
    expect(await first).toBe(true);
    expect([chat.uploading.value, numbers(chat)]).toEqual([undefined, [1]]);
  });

  test("that are refused are not on their way any more", async () => {
    const { chat, refuse } = bridge(0);
    refuse("FILE_NOT_ALLOWED");
    expect(await chat.sendFile(new File(["x"], "page.html"))).toBe(false);
    expect([chat.uploading.value, chat.trouble.value]).toEqual([undefined, "fileType"]);
  });
});

test.each([
  ["FILE_TOO_LARGE", "fileTooLarge"],
  ["FILE_MISMATCH", "fileType"],
  ["NO_SPACE", "noSpace"],
  ["LINK_NOT_VALID", "notAllowed"],
  ["SOMETHING_NEW", "failed"],
])("%s means %s to a person", (code, trouble) => {
  expect(troubleOf(new JoinRefused("linkInvalid", code))).toBe(trouble);
});

test("what is no refusal is told as a failure", () => {
  expect(troubleOf(new Error("x"))).toBe("failed");
});
