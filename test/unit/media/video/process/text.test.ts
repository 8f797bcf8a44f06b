import { existsSync } from "node:fs";
import { join } from "node:path";
import { AV_LOG_FATAL } from "node-av/constants";
import { Log } from "node-av/lib";
import { beforeAll, describe, expect, it } from "vitest";
import type { Mask } from "../../../../../media/video/process/paint.ts";
import { TextMasks } from "../../../../../media/video/process/text.ts";

// The fonts that the video process looks for, and not what the machine says of fonts.
process.env["FONTCONFIG_FILE"] = join(import.meta.dirname, "../../../../../media/video/process/fonts.conf");

const size = 20;
const hasFonts = existsSync("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf");

function texts() {
  let complaints = 0;
  const masks = new TextMasks({ onNoFont: () => (complaints += 1) });
  return { masks, complaints: () => complaints };
}

const rendered = (masks: TextMasks, text: string, maxWidth = 300): Mask => {
  const mask = masks.render({ text, size, maxWidth });
  if (!mask || mask === "later") throw new Error(`no mask of ${text}`);
  return mask;
};

describe.runIf(hasFonts)("written text", () => {
  beforeAll(() => Log.setLevel(AV_LOG_FATAL));

  it("is as wide as its ink", () => {
    const { masks, complaints } = texts();
    const [short, long] = [rendered(masks, "Ada"), rendered(masks, "Ada Lovelace")];

    expect(short.width).toBeGreaterThan(size);
    expect(long.width).toBeGreaterThan(2 * short.width);
    expect(long.height).toBe(28);
    expect(long.alpha.length).toBe(long.width * long.height);
    expect(Math.max(...long.alpha)).toBe(255);
    expect(complaints()).toBe(0);
  });

  it("ends in an ellipsis where there is no room", () => {
    const { masks } = texts();
    const whole = rendered(masks, "Augusta Ada King, Countess of Lovelace", 2000);
    const cut = rendered(masks, "Augusta Ada King, Countess of Lovelace", 150);

    expect(whole.width).toBeGreaterThan(200);
    expect(cut.width).toBeLessThanOrEqual(150);
    expect(cut.width).toBeGreaterThan(100);
  });

  it.each(["Олена", "Ελένη", "محمد"])("is there in other scripts: %s", (text) => {
    expect(rendered(texts().masks, text).width).toBeGreaterThan(size);
  });

  it("is never markup", () => {
    const { masks } = texts();
    const plain = rendered(masks, "abc").width;

    for (const text of ["{\\b1}abc", "{\\fs90}abc", "{\\pos(0,0)}abc", "{abc", "abc}", "a\\Nbc"]) {
      const mask = rendered(masks, text);
      expect(mask.width).toBeGreaterThan(plain);
      expect(mask.height).toBe(28);
    }
  });

  it("is one line without control characters", () => {
    const { masks } = texts();

    expect(rendered(masks, "a\nb\r\n\u0000c\u2028d").alpha).toEqual(rendered(masks, "a b c d").alpha);
  });

  it("is nothing where there is nothing", () => {
    const { masks } = texts();

    expect(masks.render({ text: " \n", size, maxWidth: 100 })).toBeUndefined();
    expect(masks.render({ text: "Ada", size, maxWidth: 4 })).toBeUndefined();
  });

  it("waits when no more is allowed for now, unless it is known", () => {
    const { masks } = texts();
    const ada = rendered(masks, "Ada");
    masks.allow(1);

    expect(rendered(masks, "Grace").width).toBeGreaterThan(size);
    expect(masks.render({ text: "Jean", size, maxWidth: 300 })).toBe("later");
    expect(rendered(masks, "Ada")).toBe(ada);
    masks.allow(1);
    expect(rendered(masks, "Jean").width).toBeGreaterThan(size);
  });
});
