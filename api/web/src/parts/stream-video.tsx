// A picture that comes by a stream. The element stays while streams come and go.
import { useEffect, useRef } from "preact/hooks";

interface StreamVideoProps {
  readonly stream: MediaStream | undefined;
  readonly label: string;
  readonly class: string;
}

export function StreamVideo({ stream, label, class: name }: StreamVideoProps) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current!;
    video.srcObject = stream ?? null;
    // Sound comes another way, so browsers let it play by itself; those that do not are asked.
    if (stream !== undefined) void video.play().catch(() => {});
  }, [stream]);
  return <video ref={element} class={name} aria-label={label} autoplay muted playsInline />;
}
