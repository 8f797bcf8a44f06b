// Colours of test pictures, as people and as codecs say them (ITU-R BT.601, limited range).

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** Each far from every other, also after a codec has had them. */
export const colours = {
  red: { red: 200, green: 30, blue: 30 },
  green: { red: 30, green: 170, blue: 40 },
  blue: { red: 40, green: 60, blue: 210 },
  yellow: { red: 220, green: 210, blue: 40 },
  magenta: { red: 200, green: 40, blue: 190 },
  cyan: { red: 40, green: 190, blue: 200 },
  white: { red: 235, green: 235, blue: 235 },
  orange: { red: 230, green: 125, blue: 20 },
  olive: { red: 110, green: 110, blue: 20 },
  pink: { red: 240, green: 140, blue: 170 },
} as const satisfies Readonly<Record<string, Colour>>;

export type ColourName = keyof typeof colours;

export type Yuv = readonly [y: number, u: number, v: number];

export function toYuv({ red, green, blue }: Colour): Yuv {
  return [
    16 + 0.257 * red + 0.504 * green + 0.098 * blue,
    128 - 0.148 * red - 0.291 * green + 0.439 * blue,
    128 + 0.439 * red - 0.368 * green - 0.071 * blue,
  ];
}

/** `full` is JPEG's range. */
export function fromYuv(yuv: Yuv, range: "limited" | "full" = "limited"): Colour {
  const [y, u, v] = range === "limited" ? yuv : limitedOf(yuv);
  const light = 1.164 * (y - 16);
  const limit = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
  return {
    red: limit(light + 1.596 * (v - 128)),
    green: limit(light - 0.813 * (v - 128) - 0.392 * (u - 128)),
    blue: limit(light + 2.017 * (u - 128)),
  };
}

const limitedOf = ([y, u, v]: Yuv): Yuv => [
  16 + (y * 219) / 255,
  128 + ((u - 128) * 224) / 255,
  128 + ((v - 128) * 224) / 255,
];

/** The largest difference among red, green and blue. */
export const colourDistance = (a: Colour, b: Colour): number =>
  Math.max(Math.abs(a.red - b.red), Math.abs(a.green - b.green), Math.abs(a.blue - b.blue));

/** Which of the test colours it is within `tolerance`; undefined when it is none. */
export function nameOfColour(colour: Colour, tolerance = 30): ColourName | undefined {
  const names = Object.keys(colours) as ColourName[];
  const [nearest] = names.sort(
    (a, b) => colourDistance(colour, colours[a]) - colourDistance(colour, colours[b]),
  );
  return nearest && colourDistance(colour, colours[nearest]) <= tolerance ? nearest : undefined;
}
