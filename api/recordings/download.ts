// GET /api/recordings/{id}: the file of a recording, whole or a part of it, its tracks and its poster. Takes the API key, or the signed query
// of a link that has not expired. The path on the disk comes from the library, never from the request.

import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock, ParticipantId, RecordingId } from "#common";
import type { DownloadableFile, LinkSigner, RecordingDownloads } from "#conference/recordings";
import type { Access, CredentialOwner } from "#services/access";
import type { Api } from "../instance.ts";
import {
  type Authenticate,
  HttpRefusal,
  type OpenStreams,
  permits,
  preventCaching,
} from "../plugins/index.ts";
import { holderOf } from "./link-maker.ts";
import { maxDownloadMs, sendFile } from "./send-file.ts";

export interface DownloadOptions {
  readonly recordings: RecordingDownloads;
  readonly links: LinkSigner;
  readonly authenticate: Authenticate;
  readonly access: Pick<Access, "renew">;
  readonly streams: OpenStreams;
  readonly clock: Clock;
}

const params = Type.Object({
  recording_id: Type.Unsafe<RecordingId>({ type: "string", description: "The id of the recording." }),
});
const trackParams = Type.Object({
  ...params.properties,
  participant_id: Type.Unsafe<ParticipantId>({ type: "string", description: "Whose track." }),
});

const querystring = Type.Object({
  expires: Type.Optional(
    Type.Integer({ minimum: 0, description: "Of a signed link: its end, seconds since 1970." }),
  ),
  by: Type.Optional(Type.String({ maxLength: 128, description: "Of a signed link: who made it." })),
  signature: Type.Optional(Type.String({ maxLength: 128, description: "Of a signed link." })),
});

const headers = Type.Object({
  range: Type.Optional(
    Type.String({ maxLength: 200, description: "One range of bytes.", examples: ["bytes=0-1023"] }),
  ),
  "if-range": Type.Optional(
    Type.String({ maxLength: 200, description: "The part only if the file is still this one." }),
  ),
});

const audio = {
  "audio/mpeg": { schema: Type.String({ contentMediaType: "audio/mpeg", examples: ["(MP3)"] }) },
  "video/mp4": { schema: Type.String({ contentMediaType: "video/mp4", examples: ["(MP4)"] }) },
  "audio/wav": { schema: Type.String({ contentMediaType: "audio/wav", examples: ["(WAV)"] }) },
};

const poster = {
  "image/jpeg": { schema: Type.String({ contentMediaType: "image/jpeg", examples: ["(JPEG)"] }) },
};

const schema = (operationId: string, summary: string, content: typeof audio | typeof poster = audio) => ({
  tags: ["Recordings"],
  operationId,
  summary,
  description:
    "Takes the API key, or the query of a signed link. HEAD is answered alike, as for the whole file. What is still being written is given as far as it has come.",
  querystring,
  headers,
  security: [{ bearer: ["recordings"] }, { apiKey: ["recordings"] }, { signedLink: [] }],
  response: {
    200: { description: "The file.", content },
    206: { description: "The part of the file that was asked for.", content },
  },
});

export function downloadRoutes(app: Api, options: DownloadOptions): void {
  const { recordings, links, authenticate, access, streams, clock } = options;

  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const { signature } = request.query as { signature?: unknown };
    if (typeof signature !== "string") await authenticate(request);
    else {
      const maker = makerOf(request, signature);
      if (!maker) throw new HttpRefusal("LINK_NOT_VALID", "The link has expired, or it was not made here.");
      const principal = await access.renew(maker);
      if (!principal || !permits(principal, "recordings")) {
        throw new HttpRefusal(
          "LINK_NOT_VALID",
          "The maker of the link may not download recordings any more.",
        );
      }
    }
    await preventCaching(request, reply);
  };

  /** Undefined when the link is not valid. */
  function makerOf(request: FastifyRequest, signature: string): CredentialOwner | undefined {
    const { by, expires } = request.query as { by?: unknown; expires?: unknown };
    const [path = ""] = request.url.split("?");
    if (typeof by !== "string") return undefined;
    const signed = links.verify(path, { expires: Number(expires), by, signature }, clock.now());
    return signed ? holderOf(by) : undefined;
  }

  /** A download ends with the right to it, that of a link with the right of its maker. */
  function holdOpen(request: FastifyRequest, reply: FastifyReply): void {
    const end = () => reply.raw.destroy();
    const { by } = request.query as { by?: string };
    const maker = request.principal ? undefined : holderOf(by ?? "");
    const release = maker
      ? streams.hold({ holder: maker, address: undefined, need: "recordings", end })
      : streams.holdFor(request, end);
    reply.raw.once("close", release);
  }

  const serve = (
    url: string,
    parts: {
      readonly schema: ReturnType<typeof schema>;
      readonly params: typeof params | typeof trackParams;
      readonly find: (asked: Asked) => Promise<DownloadableFile | undefined>;
    },
  ): void => {
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const asked = request.params as Asked;
      const { recording_id } = asked;
      const file = await parts.find(asked);
      if (!file) throw notFound(recording_id);
      holdOpen(request, reply);
      return sendFile({ ...file, notFound: fileGone }, request, reply);
    };
    const described = { ...parts.schema, params: parts.params };
    const config = { scope: "recordings" as const };
    const common = { onRequest, handler, config, handlerTimeout: maxDownloadMs, exposeHeadRoute: false };
    app.route({ method: "GET", url, schema: described, ...common });
    app.route({ method: "HEAD", url, schema: { ...described, hide: true }, ...common });
  };

  const find = ({ recording_id, participant_id }: Asked) => recordings.file(recording_id, participant_id);
  serve("/api/recordings/:recording_id", {
    schema: schema("downloadRecording", "Download a recording"),
    ...{ params, find },
  });
  serve("/api/recordings/:recording_id/tracks/:participant_id", {
    schema: schema("downloadRecordingTrack", "Download one participant's track of a recording"),
    ...{ params: trackParams, find },
  });
  serve("/api/recordings/:recording_id/poster.jpg", {
    schema: schema("downloadRecordingPoster", "Download one picture of a recording", poster),
    ...{ params, find: ({ recording_id }) => recordings.poster(recording_id) },
  });
}

interface Asked {
  readonly recording_id: RecordingId;
  readonly participant_id?: ParticipantId;
}

const fileGone = (): HttpRefusal =>
  new HttpRefusal("RECORDING_NOT_FOUND", "The file of the recording is not there any more.");

const notFound = (id: string): HttpRefusal =>
  new HttpRefusal("RECORDING_NOT_FOUND", `There is no recording ${id}, or it has no such file.`);
