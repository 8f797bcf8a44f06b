// Listeners of typed events.
import { describe, expect, it } from "vitest";
import { Emitter } from "#common";

describe("the emitter", () => {
  it("tells listeners in order, until they leave", () => {
    const emitter = new Emitter<{ said: string }>();
    const heard: string[] = [];
    const leave = emitter.on("said", (word) => heard.push(`a ${word}`));
    emitter.once("said", (word) => heard.push(`b ${word}`));

    emitter.emit("said", "one");
    leave();
    emitter.emit("said", "two");

    expect(heard).toEqual(["a one", "b one"]);
  });

  it("survives a listener that leaves while it is told", () => {
    const emitter = new Emitter<{ said: string }>();
    const heard: string[] = [];
    const leave = emitter.on("said", () => leave());
    emitter.on("said", (word) => heard.push(word));

    emitter.emit("said", "one");

    expect(heard).toEqual(["one"]);
  });
});
