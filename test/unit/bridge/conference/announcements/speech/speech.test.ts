// What is said, in five languages: numbers, times of day and whole sentences as the names of recordings; and that
// the voices of this machine have them.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createVoice, installedLanguages, type Sentence, type spokenLanguages } from "#conference/speech";
import { languageOf } from "../../../../../../bridge/conference/announcements/speech/languages.ts";
import { momentPrompts } from "../../../../../../bridge/conference/announcements/speech/moments.ts";
import {
  digitPrompts,
  numberPrompts,
} from "../../../../../../bridge/conference/announcements/speech/numbers.ts";

const short = (names: readonly string[]) => names.map((name) => name.replace("digits/", "")).join(" ");
const voice = createVoice();
const said = (language: string, ...sentences: Sentence[]) =>
  short(voice.say(language, ...sentences).map((item) => ("name" in item ? item.name : item.kind)));

describe("numbers", () => {
  it.each([
    [
      "en",
      "0 17 20 21 42 100 101 199 200",
      "0, 17, 20, 20 1, 40 2, 1 hundred, 1 hundred 1, 1 hundred 90 9, 2 hundred",
    ],
    ["es", "0 21 30 42 100 101 142 200", "0, 21, 30, 40 and 2, hundred, 100-and 1, 100-and 40 and 2, 200"],
    [
      "fr",
      "21 22 60 70 71 77 80 81 91 95 99 100 200",
      "20 et 1, 20 2, 60, 70, 60 et 11, 60 17, 80, 80 1, 80 11, 80 15, 80 19, hundred, 2 hundred",
    ],
    ["it", "21 23 28 60 68 91 100 121 200", "21, 20 3, 28, 60, 68, 91, hundred, hundred 21, 2 hundred"],
    ["ru", "19 21 100 145 200", "19, 20 1, hundred, hundred 40 5, 2 0 0"],
  ] as const)("in %s", (language, values, expected) => {
    const heard = values.split(" ").map((value) => short(numberPrompts(language, Number(value))));
    expect(heard).toEqual(expected.split(", "));
  });

  it("that have no words are read digit by digit", () => {
    expect(short(numberPrompts("en", 8123))).toBe("8 1 2 3");
    expect(short(digitPrompts("*60#"))).toBe("star 6 0 pound");
  });
});

describe("a moment", () => {
  const now = Date.parse("2026-03-02T08:00:00Z");
  const moment = (language: (typeof spokenLanguages)[number], at: string, timezone = "UTC") =>
    short(momentPrompts(language, Date.parse(at), { now, timezone }));

  it.each([
    ["en", "2026-03-02T09:00:00Z", "at 9 oclock a-m"],
    ["en", "2026-03-02T21:05:00Z", "at 9 oh 5 p-m"],
    ["en", "2026-03-02T12:30:00Z", "at 12 30 p-m"],
    ["en", "2026-03-03T00:15:00Z", "tomorrow at 12 15 a-m"],
    ["en", "2026-03-05T09:00:00Z", "day-4 at 9 oclock a-m"],
    ["en", "2026-04-21T09:00:00Z", "mon-3 20 h-1 at 9 oclock a-m"],
    ["es", "2026-03-02T13:15:00Z", "at_s 1F and 15 p-m"],
    ["es", "2026-04-21T09:00:00Z", "es-el 21 es-de mon-3 at 9 a-m"],
    ["fr", "2026-03-02T01:00:00Z", "at 1 oclock"],
    ["fr", "2026-05-01T15:30:00Z", "h-1 mon-4 at 15 hours 30"],
    ["it", "2026-03-03T00:28:00Z", "tomorrow at ore-mezzanotte e 28"],
    ["ru", "2026-03-02T09:05:00Z", "at 9 0 5"],
  ] as const)("in %s, %s", (language, at, expected) => {
    expect(moment(language, at)).toBe(expected);
  });

  it("is told by the clock of the room's time zone, over a change to summer time", () => {
    expect(moment("en", "2026-03-29T08:00:00Z", "Europe/Berlin")).toBe("mon-2 20 h-9 at 10 oclock a-m");
    expect(moment("en", "2026-03-02T23:30:00Z", "Europe/Berlin")).toBe("tomorrow at 12 30 a-m");
  });
});

describe("a sentence", () => {
  it("falls back to English without a voice of its language, and finds the language in any tag", () => {
    const installed = new Set(["en", "fr"] as const);
    expect(languageOf("fr-CA", installed)).toBe("fr");
    expect(languageOf("FR_ca", installed)).toBe("fr");
    expect(languageOf("es-MX", installed)).toBe("en");
    expect(languageOf("pt-BR", installed)).toBe("en");
  });

  it("is one item or several, tones where there are no words", () => {
    expect(said("en", "ask pin")).toBe("conf-getpin");
    expect(said("es", { kind: "minutes left", minutes: 1 })).toBe("attention 1M queue-minute");
    expect(said("fr", { kind: "minutes left", minutes: 5 })).toBe("attention 5 minutes");
    expect(said("en", { kind: "ends in", seconds: 10 })).toBe("attention 10 seconds");
    expect(said("es", { kind: "ends in", seconds: 95 })).toBe("attention 1M queue-minute 30 and 5 seconds");
    expect(said("it", { kind: "ends in", seconds: 120 })).toBe("attention 2 minutes");
    expect(said("ru", { kind: "ends in", seconds: 1 })).toBe("attention");
    expect(said("en", { kind: "still muted", handCode: "*3" })).toBe("error conf-muted vm-press star 3");
    expect(said("en", { kind: "still muted", handCode: undefined })).toBe("error conf-muted");
    expect(said("it", { kind: "how many", others: 21 })).toBe("conf-thereare 21 conf-otherinparty");
    expect(said("it", { kind: "has joined", name: "names/1" })).toBe("names/1 conf-hasjoin");
    expect(said("ru", { kind: "has left", name: "names/1" })).toBe("names/1 conf-hasleft");
    expect(said("en", "hand up", "hand down")).toBe("up down");
  });
});

const installedAt = "/usr/share/asterisk/sounds";

describe.runIf(existsSync(installedAt))("the voices of this machine", () => {
  const folders = existsSync(installedAt) ? readdirSync(installedAt) : [];
  const sentences: Sentence[] = [
    ...([
      "ask pin",
      "wrong pin",
      "ask number",
      "wrong number",
      "goodbye",
      "locked",
      "entering",
      "alone",
    ] as const),
    ...(["muted", "unmuted", "wait for host", "begins", "over", "kicked", "now locked"] as const),
    ...(["ask name", "now say it"] as const),
    { kind: "has joined", name: "names/1" },
    { kind: "has left", name: "names/1" },
    ...(["now unlocked", "room muted", "room unmuted", "recording"] as const),
    ...(["ask callee", "wrong callee", "calling", "no such callee", "callee does not answer"] as const),
    { kind: "busy", number: "0301234" },
    { kind: "unreachable" },
    { kind: "minutes left", minutes: 5 },
    { kind: "minutes left", minutes: 1 },
    { kind: "ends in", seconds: 95 },
    { kind: "still muted", handCode: "*3" },
    {
      kind: "help",
      entries: (["mute", "quieter", "louder", "lock", "dial"] as const).map((command) => ({
        command,
        code: "*0",
      })),
    },
  ];

  it.each([...installedLanguages(installedAt)])("have every word of %s", (language) => {
    const packs = folders
      .filter((name) => name.startsWith(`${language}_`))
      .map((name) => join(installedAt, name));
    const has = (name: string) => packs.some((pack) => existsSync(join(pack, `${name}.g722`)));
    // Every hour, every minute, every day of a year.
    const instants = [
      ...Array.from({ length: 24 }, (_, hour) => hour * 3_600_000),
      ...Array.from({ length: 60 }, (_, minute) => minute * 60_000),
      ...Array.from({ length: 365 }, (_, day) => day * 86_400_000),
    ];
    const moments = instants.map((at): Sentence => ({ kind: "not begun", at, now: 0, timezone: "UTC" }));
    const counts = Array.from({ length: 201 }, (_, others): Sentence => ({ kind: "how many", others }));
    const names = voice
      .say(language, ...sentences, ...counts, ...moments)
      .flatMap((item) => (item.kind === "prompt" ? [item.name] : []));
    expect([...new Set(names)].filter((name) => !has(name))).toEqual([]);
  });
});
