// Written text as masks. FFmpeg's libass shapes it, in every script that an installed font has (fonts.conf); what was
// rendered once is kept, since names stay and pictures pass. It takes as long as encoding a picture does, so that only
// so many are rendered at a time. Names come from strangers: nothing in them is markup.
import { FilterGraph, Frame } from "node-av/lib";
import { BoundedMap, ParleyError } from "#common";
import type { Mask } from "./paint.ts";
import { check } from "./picture.ts";

/** Rendered texts that are kept, and characters of one. */
const maxKept = 256;
const maxCharacters = 128;
/** What libass writes where all is ink: white in limited range. */
const white = 235;
/** Lines are drawn higher than their size, for accents and descenders. */
const lineHeight = 1.4;
const widest = 4096;
const ellipsis = "…";
/** No script's characters are narrower than that share of their size, on average. */
const narrowest = 0.25;

export interface TextRequest {
  readonly text: string;
  /** The font's height in pixels. */
  readonly size: number;
  /** Pixels; a longer text ends in an ellipsis. */
  readonly maxWidth: number;
}

export interface TextOptions {
  /** Told once when a text left no ink, which means that no font was found. */
  readonly onNoFont: () => void;
}

export class TextMasks {
  readonly #kept = new BoundedMap<string, Mask | undefined>({ most: maxKept });
  readonly #options: TextOptions;
  #told = false;
  #allowed = Number.POSITIVE_INFINITY;

  constructor(options: TextOptions) {
    this.#options = options;
  }

  /** So many new texts are rendered until the next call, as many as are asked for when it was never called. */
  allow(texts: number): void {
    this.#allowed = texts;
  }

  /** Undefined where there is nothing to draw: no text, or no font; `later`: when more are allowed. */
  render(request: TextRequest): Mask | "later" | undefined {
    const key = `${request.size} ${request.maxWidth} ${request.text}`;
    if (this.#kept.has(key)) {
      const kept = this.#kept.get(key);
      // What passes, as the time of day does, drives out what passed before, and not the names that are seen.
      this.#kept.set(key, kept);
      return kept;
    }
    if (this.#allowed <= 0) return "later";
    this.#allowed -= 1;
    const mask = this.#fit(request);
    this.#kept.set(key, mask);
    return mask;
  }

  #fit({ text, size, maxWidth }: TextRequest): Mask | undefined {
    const graphemes = Array.from(new Intl.Segmenter().segment(plain(text)), ({ segment }) => segment);
    if (graphemes.length === 0) return undefined;
    // Not all of it when that cannot fit anyway.
    const most = Math.ceil(maxWidth / (size * narrowest));
    const whole = draw(graphemes.slice(0, most).join(""), size);
    if (!whole) {
      if (!this.#told) this.#options.onNoFont();
      this.#told = true;
      return undefined;
    }
    if (whole.width <= maxWidth && graphemes.length <= most) return whole;
    const share = (maxWidth - size) / whole.width;
    for (let kept = Math.floor(Math.min(graphemes.length, most) * Math.min(1, share)); kept > 0; kept -= 2) {
      const shorter = draw(`${graphemes.slice(0, kept).join("").trimEnd()}${ellipsis}`, size);
      if (shorter && shorter.width <= maxWidth) return shorter;
    }
    return undefined;
  }
}

/** One line without control characters. */
const plain = (text: string): string =>
  Array.from(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " "))
    .slice(0, maxCharacters)
    .join("")
    .trim();

/** The text as wide as its ink, rounded up to even; undefined without ink. */
function draw(text: string, size: number): Mask | undefined {
  const width = Math.min(widest, even(text.length * size * 1.2 + size));
  const height = even(size * lineHeight);
  const graph = new FilterGraph();
  const frame = new Frame();
  graph.alloc();
  frame.alloc();
  try {
    const script = Buffer.from(assScript(text, { size, width, height })).toString("base64");
    const source = `color=c=black:s=${width}x${height}:r=1:d=1,format=gray`;
    check(
      graph.parse2(
        `${source},subtitles=filename='data\\:text/plain;base64,${script}',format=gray,buffersink`,
      ),
      "text filter",
    );
    check(graph.configSync(), "text filter");
    const sink = graph.filters?.find((filter) => filter.isSink());
    if (!sink) throw new ParleyError("INTERNAL", "FFmpeg's text filter has no end");
    check(sink.buffersinkGetFrameSync(frame), "text filter");
    return maskOf(frame, { width, height });
  } finally {
    frame.free();
    graph.free();
  }
}

function maskOf(frame: Frame, size: { readonly width: number; readonly height: number }): Mask | undefined {
  const [data] = frame.data ?? [];
  const [stride = 0] = frame.linesize;
  if (!data) throw new ParleyError("INTERNAL", "FFmpeg's text filter gave no picture");
  let ink = 0;
  for (let y = 0; y < size.height; y += 1) {
    for (let x = size.width - 1; x >= ink; x -= 1) if (data[y * stride + x]) ink = x + 1;
  }
  if (ink === 0) return undefined;
  const width = even(ink);
  const alpha = new Uint8Array(width * size.height);
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < ink; x += 1) {
      alpha[y * width + x] = Math.min(255, ((data[y * stride + x] ?? 0) * 255) / white);
    }
  }
  return { width, height: size.height, alpha };
}

const even = (value: number): number => Math.ceil(value / 2) * 2;

/** Advanced SubStation Alpha, the language of libass: one line at the left, in the middle of the height. */
function assScript(
  text: string,
  { size, width, height }: { readonly size: number; readonly width: number; readonly height: number },
): string {
  return `[Script Info]
ScriptType: v4.00+
PlayResX: ${width}
PlayResY: ${height}
WrapStyle: 2

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: line,sans-serif,${size},&H00FFFFFF,1,0,0,4,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Text
Dialogue: 0,0:00:00.00,1:00:00.00,line,${escaped(text)}
`;
}

/** A backslash begins nothing when a word joiner follows it. */
const escaped = (text: string): string => text.replaceAll("\\", "\\\u2060").replace(/[{}]/g, "\\$&");
