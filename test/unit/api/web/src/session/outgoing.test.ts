import { describe, expect, test } from "vitest";
import { markSlides, outgoingOf } from "../../../../../../api/web/src/session/outgoing.ts";

describe("what is sent", () => {
  test("the screen has a line of its own where the bridge takes one", () => {
    expect(outgoingOf({ camera: "c", screen: "s" }, true)).toEqual({ main: "c", slides: "s" });
    expect(outgoingOf({ camera: undefined, screen: "s" }, true)).toEqual({ main: undefined, slides: "s" });
  });

  test("without such a line it takes the camera's place, and gives it back", () => {
    expect(outgoingOf({ camera: "c", screen: "s" }, false)).toEqual({ main: "s", slides: undefined });
    expect(outgoingOf({ camera: "c", screen: undefined }, false)).toEqual({ main: "c", slides: undefined });
  });
});

describe("the line of slides", () => {
  const lines = (...all: string[]) => `${all.join("\r\n")}\r\n`;
  const session = ["v=0", "a=group:BUNDLE 0 1 2"];
  const audio = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0"];
  const main = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:1"];
  const slides = ["m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:2", "a=sendonly"];

  test("is marked as such, and no other", () => {
    expect(markSlides(lines(...session, ...audio, ...main, ...slides), "2")).toBe(
      lines(...session, ...audio, ...main, ...slides, "a=content:slides"),
    );
    expect(markSlides(lines(...session, ...audio, ...slides, ...main), "2")).toBe(
      lines(...session, ...audio, ...slides, "a=content:slides", ...main),
    );
  });

  test("is known by its whole mid", () => {
    const description = lines(...session, ...audio, "m=video 9 UDP/TLS/RTP/SAVPF 96", "a=mid:22");
    expect(markSlides(description, "2")).toBe(description);
  });
});
