// A bar that moves with the microphone.
import { useEffect, useState } from "preact/hooks";
import { watchLevel } from "../session/level.ts";

export function LevelMeter({
  stream,
  label,
}: {
  readonly stream: MediaStream | undefined;
  readonly label: string;
}) {
  const [level, setLevel] = useState(0);
  useEffect(() => (stream === undefined ? undefined : watchLevel(stream, setLevel)), [stream]);
  return <meter class="level" min={0} max={1} value={level} aria-label={label} />;
}
