// When a guess begins, and to which one a complete PIN belongs.
import { describe, expect, it } from "vitest";
import type { PinGuess } from "#conference/rooms";
import { PinGuesses } from "../../../../../bridge/conference/calls/pin-guesses.ts";

function guesses(pins: readonly string[]) {
  const begun: PinGuess[] = [];
  const made = new PinGuesses(pins, () => {
    const guess: PinGuess = { turn: async () => "weigh", right() {}, takeBack() {} };
    begun.push(guess);
    return guess;
  });
  return { begun, made };
}

describe("a guess", () => {
  it("begins with the digit that could complete the shortest PIN, and once", () => {
    const { begun, made } = guesses(["123456", "9999"]);
    made.follow("123");
    expect(begun).toHaveLength(0);
    made.follow("1234");
    made.follow("12345");
    expect(begun).toHaveLength(1);
    expect(made.take()).toBe(begun[0]);
  });

  it("is a new one after what was typed has been taken back, and after every complete PIN", () => {
    const { begun, made } = guesses(["9999"]);
    made.follow("1111");
    made.follow("");
    made.follow("2222");
    expect(begun).toHaveLength(2);
    expect(made.take()).toBe(begun[1]);
    made.follow("3333");
    expect(made.take()).toBe(begun[2]);
  });

  it("begins with the completion of what was too short for a PIN", () => {
    const { begun, made } = guesses(["9999"]);
    made.follow("12");
    expect(made.take()).toBe(begun[0]);
  });
});
