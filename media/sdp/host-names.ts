// Which host names in a description must be looked up before it can be used (RFC 8866 §5.7: a `c=` line may hold one).
// Looks up nothing itself.
import { isIP } from "node:net";
import { isUnspecifiedAddress } from "./description.ts";
import { parseSdp } from "./parse.ts";
import { isHostName } from "./rtp-stream.ts";

/** More are not looked up for one kind of media: it has one audio stream that is used, and two of video. */
const maxNames = 2;

/**
 * In lower case, each once, the audio's first; none for a description that is broken or needs none. Those of video count only
 * where there is video.
 */
export function hostNamesIn(text: string, { video }: { readonly video?: unknown } = {}): string[] {
  const parsed = parseSdp(text);
  if (!parsed.ok) return [];
  const { media, connection } = parsed.value;
  const names = new Set<string>();
  for (const kind of video === undefined ? ["audio"] : ["audio", "video"]) {
    const most = names.size + maxNames;
    for (const stream of media) {
      const stated = stream.connection ?? connection;
      if (stream.kind !== kind || stream.port === 0 || stated === undefined) continue;
      if (isIP(stated) === 0 && isHostName(stated) && !isUnspecifiedAddress(stated) && names.size < most)
        names.add(stated.toLowerCase());
    }
  }
  return [...names];
}
