// The streams that are sent on the call's lines of video. Pure.

/** The lines of the call (RFC 4796): the camera's, and the shared screen's where the bridge takes one. */
export interface Outgoing<Track> {
  readonly main: Track | undefined;
  readonly slides: Track | undefined;
}

export interface OwnPictures<Track> {
  readonly camera: Track | undefined;
  readonly screen: Track | undefined;
}

/** A screen without a line of its own takes the camera's place. */
export function outgoingOf<Track>(
  { camera, screen }: OwnPictures<Track>,
  hasSlides: boolean,
): Outgoing<Track> {
  return hasSlides ? { main: camera, slides: screen } : { main: screen ?? camera, slides: undefined };
}

/** The description that says of the line with this `mid` that it carries slides (RFC 4796 §5), which browsers do not write. */
export function markSlides(sdp: string, mid: string): string {
  return sdp
    .split(/^(?=m=)/m)
    .map((section) =>
      section.startsWith("m=") && section.split("\r\n").includes(`a=mid:${mid}`)
        ? `${section}a=content:slides\r\n`
        : section,
    )
    .join("");
}
