// The chart of a soak: small panels one below the other over the same time, plain SVG.
import type { Sample } from "./sample.ts";

interface Line {
  readonly name: string;
  readonly value: (sample: Sample) => number;
}

interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

const panels: readonly Panel[] = [
  {
    title: "Memory without what is mapped from files, MB",
    lines: [
      { name: "control", value: (sample) => sample.controlOwnMb },
      { name: "workers", value: (sample) => sample.workersOwnMb },
      { name: "video", value: (sample) => sample.videoOwnMb },
    ],
  },
  {
    title: "JavaScript heap in use, MB",
    lines: [
      { name: "control", value: (sample) => sample.controlHeapMb },
      { name: "workers", value: (sample) => sample.workersHeapMb },
    ],
  },
  {
    title: "Open files, UDP ports, timers",
    lines: [
      { name: "files of control", value: (sample) => sample.controlFiles },
      { name: "UDP ports", value: (sample) => sample.udpPorts },
      { name: "timers of control", value: (sample) => sample.timers },
    ],
  },
  {
    title: "Lateness of ticks, ms",
    lines: [
      { name: "p50", value: (sample) => sample.lateP50Ms },
      { name: "p99", value: (sample) => sample.lateP99Ms },
    ],
  },
  {
    title: "Calls that are up; load average of the machine",
    lines: [
      { name: "calls", value: (sample) => sample.bridgeCalls },
      { name: "load average", value: (sample) => sample.machineLoad },
    ],
  },
];

const colours = ["#1f6feb", "#d1495b", "#2a9d4a"];
const [width, height, left, right, top] = [900, 130, 60, 20, 40];
const step = height + 60;
/** Points a line; each is the middle one of the samples that it stands for. */
const maxPoints = 400;

/** Samples in the order of their time. */
export function drawChart(samples: readonly Sample[]): string {
  const seconds = Math.max(1, samples.at(-1)?.second ?? 1);
  const shown = thinned(samples);
  const body = panels.map((panel, at) => drawPanel(panel, shown, { seconds, y: top + at * step }));
  const total = top + panels.length * step;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${total}" fill="#ffffff"/>`,
    ...body,
    "</svg>\n",
  ].join("\n");
}

function thinned(samples: readonly Sample[]): readonly Sample[] {
  const each = Math.ceil(samples.length / maxPoints);
  return each <= 1 ? samples : samples.filter((_, at) => at % each === Math.floor(each / 2));
}

function drawPanel(
  { title, lines }: Panel,
  samples: readonly Sample[],
  { seconds, y }: { readonly seconds: number; readonly y: number },
): string {
  const highest = niceAbove(
    Math.max(...samples.flatMap((sample) => lines.map(({ value }) => value(sample))), 0),
  );
  const across = (second: number) => left + ((width - left - right) * second) / seconds;
  const up = (value: number) => y + height - (height * value) / highest;
  const grid = [0, 0.5, 1].map(
    (part) =>
      `<path d="M${left} ${up(part * highest)}H${width - right}" stroke="#d0d7de"/>` +
      `<text x="${left - 6}" y="${up(part * highest) + 4}" text-anchor="end" fill="#57606a">${part * highest}</text>`,
  );
  const minutes = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<text x="${across(part * seconds)}" y="${y + height + 16}" text-anchor="middle" fill="#57606a">` +
      `${Math.round((part * seconds) / 60)} min</text>`,
  );
  const drawn = lines.map(({ name, value }, at) => {
    const points = samples.map(
      (sample) => `${across(sample.second).toFixed(1)},${up(value(sample)).toFixed(1)}`,
    );
    const legend = `<text x="${width - right - 130 * (lines.length - at - 1)}" y="${y - 8}" text-anchor="end" fill="${colours[at]}">${name}</text>`;
    return `<polyline points="${points.join(" ")}" fill="none" stroke="${colours[at]}" stroke-width="1.3"/>${legend}`;
  });
  return [
    `<text x="${left}" y="${y - 8}" font-weight="bold">${title}</text>`,
    ...grid,
    ...minutes,
    ...drawn,
  ].join("\n");
}

/** 1, 2 or 5 times a power of ten, at or above the value. */
export function niceAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => factor * power >= value) ?? 10);
}
