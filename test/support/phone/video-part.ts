// What a call of the phone knows of video: lines of a description that somebody else writes and reads. The parts are
// given to `call` and `accept`; the phone itself has none and answers lines of video with port 0 (RFC 3264 §6).

/** A media description of SDP other than the audio. */
export interface MediaSection {
  /** `video`, `application`, … */
  readonly kind: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Below the m-line. */
  readonly lines: readonly string[];
}

export interface VideoPart {
  /** The lines that offer it, the m-line first. */
  offer(): string[];
  /** The lines that answer theirs. */
  answer(theirs: MediaSection): string[];
  /** Their line, offered or answered, has come; again with every new description. */
  connect(theirs: MediaSection): void;
  close(): void;
}

/** All but the first audio line, in their order. */
export function otherSections(sdp: string): MediaSection[] {
  const [session = "", ...media] = sdp.split(/\r?\n(?=m=)/);
  const addressIn = (lines: readonly string[]) =>
    lines.map((line) => /^c=IN IP[46] (\S+)/.exec(line)?.[1]).find((address) => address !== undefined);
  const sections = media.map((text) => {
    const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line !== "");
    const [kind = "", port = "0", protocol = "", ...formats] = head.slice("m=".length).split(" ");
    const address = addressIn(lines) ?? addressIn(session.split(/\r?\n/)) ?? "";
    return { kind, address, port: Number(port), protocol, formats, lines };
  });
  const audio = sections.findIndex(({ kind }) => kind === "audio");
  return sections.filter((_, index) => index !== audio);
}

/** Answers every other section of theirs: the first lines of video by the parts, in order, the rest by port 0. */
export function answerSections(theirs: readonly MediaSection[], parts: readonly VideoPart[]): string[] {
  const free = [...parts];
  return theirs.flatMap((section) => {
    const part = section.kind === "video" && section.port > 0 ? free.shift() : undefined;
    return part?.answer(section) ?? [`m=${section.kind} 0 ${section.protocol} ${section.formats.join(" ")}`];
  });
}

/** Tells each part of the line that is its. */
export function connectParts(theirs: readonly MediaSection[], parts: readonly VideoPart[]): void {
  const lines = theirs.filter(({ kind }) => kind === "video");
  parts.forEach((part, index) => {
    const line = lines[index];
    if (line) part.connect(line);
  });
}
