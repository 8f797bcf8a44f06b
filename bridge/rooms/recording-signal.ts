// What a room hears when its recording begins or ends.
import type { PlayItem } from "#media/protocol";
import type { Room } from "./types.ts";

/** Nobody is recorded without a sign of it: where there are no announcements, there is still a tone. */
export function recordingSignal(running: boolean, { enablePrompt }: Room): PlayItem[] {
  if (running && enablePrompt) return [{ kind: "prompt", name: "conf-now-recording" }];
  return [{ kind: "tone", name: "attention" }];
}
