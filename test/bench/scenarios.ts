// What the benchmark measures: rooms of each codec in four sizes, many small rooms, a room in which all talk,
// and more legs than one worker should have.
import type { SrtpSuiteName } from "../../media/srtp/index.ts";
import { type BenchCodec, benchCodecs } from "./payloads.ts";

export interface BenchScenario {
  readonly name: string;
  readonly codec: BenchCodec;
  readonly rooms: number;
  readonly legsPerRoom: number;
  readonly talkersPerRoom: number;
  readonly workers: number;
  /** Absent: in the clear. */
  readonly srtp?: SrtpSuiteName;
  /** As browsers do it: ICE, DTLS-SRTP, audio levels, feedback on the transport. */
  readonly webrtc?: boolean;
}

/** With more voices at once a marker cannot be told from them. */
const maxTalkersForDelay = 5;
const usual = { rooms: 1, talkersPerRoom: 3, workers: 1 };

export const measuresDelay = ({ talkersPerRoom }: BenchScenario): boolean =>
  talkersPerRoom <= maxTalkersForDelay;

const sizes = (codec: BenchCodec, legs: readonly number[]): BenchScenario[] =>
  legs.map((legsPerRoom) => ({ ...usual, name: `${codec} ${legsPerRoom}`, codec, legsPerRoom }));

export const allScenarios: readonly BenchScenario[] = [
  ...benchCodecs.flatMap((codec) => sizes(codec, [10, 50, 100, 200])),
  ...(["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"] as const).map((srtp) => ({
    ...{ ...usual, name: `SRTP 200 PCMU, ${srtp}`, codec: "PCMU" as const, legsPerRoom: 200, srtp },
  })),
  ...[100, 200].map((legsPerRoom) => ({
    ...{ ...usual, name: `WebRTC ${legsPerRoom} opus`, codec: "opus" as const, legsPerRoom, webrtc: true },
  })),
  { ...usual, name: "PCMU 40 rooms of 5", codec: "PCMU", rooms: 40, legsPerRoom: 5 },
  { ...usual, name: "PCMU 100 rooms of 5", codec: "PCMU", rooms: 100, legsPerRoom: 5 },
  ...benchCodecs.map((codec) => ({
    ...usual,
    name: `${codec} 50, all talk`,
    codec,
    legsPerRoom: 50,
    talkersPerRoom: 50,
  })),
  { ...usual, name: "PCMU 800, 2 workers", codec: "PCMU", rooms: 4, legsPerRoom: 200, workers: 2 },
];

/** Those of the names given, or sizes of one's own. Throws a sentence for what does not exist. */
export function chooseScenarios(options: {
  /** Names or beginnings of names. */
  readonly only: readonly string[];
  readonly codecs: readonly string[];
  /** Sizes; none leaves the usual scenarios. */
  readonly legs: readonly number[];
  readonly talkers: number;
  readonly workers: number;
}): readonly BenchScenario[] {
  const { only, legs, talkers, workers } = options;
  const codecs = options.codecs.map((name) => {
    const codec = benchCodecs.find((each) => each.toLowerCase() === name.toLowerCase());
    if (!codec) throw new Error(`there is no codec ${name}: ${benchCodecs.join(", ")}`);
    return codec;
  });
  if (legs.length > 0) {
    return codecs.flatMap((codec) =>
      sizes(codec, legs).map((each) => ({ ...each, talkersPerRoom: talkers, workers })),
    );
  }
  const named = allScenarios.filter(
    ({ name, codec }) =>
      codecs.includes(codec) && (only.length === 0 || only.some((beginning) => name.startsWith(beginning))),
  );
  if (named.length === 0)
    throw new Error(`there is no such scenario: ${allScenarios.map(({ name }) => name).join("; ")}`);
  return named;
}
