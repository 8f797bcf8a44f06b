// If a worker process dies, its recording continues in further files, its parts. Once it is complete they are joined to the first
// file, for the mix and each track. The time between two parts is left out. A crash at any moment loses nothing: the
// next start joins what is not joined yet.
//
// The mix determines the time. The tracks of each part are joined before its mix, while the length of the mix tells their position.
// Where a participant has no file, silence is inserted.
import { rm } from "node:fs/promises";
import type { PartFile, RecordingFiles, StoredFile } from "./files.ts";
import { pictureJoiner } from "./join-pictures.ts";
import { soundJoiner } from "./join-sound.ts";

/** Rejects with the system's error; parts that are not joined then keep their files. */
export async function joinParts(files: RecordingFiles, recording: StoredFile): Promise<void> {
  const parts = Map.groupBy(await files.parts(recording), ({ part }) => part);
  for (const ofOne of parts.values()) await joinPart(files, recording, ofOne);
}

async function joinPart(
  files: RecordingFiles,
  recording: StoredFile,
  parts: readonly PartFile[],
): Promise<void> {
  const joiner = recording.format === "mp4" ? pictureJoiner : soundJoiner(recording.format);
  const first = files.file(recording);
  const mix = parts.find(({ participant }) => participant === undefined);
  const begun = mix?.joinedAt === undefined ? undefined : { ...mix, joinedAt: mix.joinedAt };
  // The tracks were joined before the mix.
  if (begun && (await joiner.wasJoined(first, begun))) return rm(begun.path);
  const from = await joiner.length(first);
  const until = from + (mix ? await joiner.length(mix.path) : 0);
  const like = from > 0 || !mix ? first : mix.path;
  const participants = parts.flatMap(({ participant }) => participant ?? []);
  for (const participant of new Set([...(await files.tracks(recording)), ...participants])) {
    const part = parts.find((one) => one.participant === participant);
    await joiner.joinTrack(files.file(recording, participant), part, { from, until, like });
  }
  if (mix) await joiner.joinMix(first, mix, { from, until });
}
