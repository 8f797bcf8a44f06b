// PUT /api/chat/uploads/{file_id} and GET /api/chat/files/{file_id}: the bytes of files, by signed links alone. A link
// is good for its time and as long as its maker may do in the room what it is for; an upload or a download that runs ends
// with that right. Files are given out as attachments, never to be shown by the browser.
import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorCode, type RoomId } from "#common";
import type { Api } from "../instance.ts";
import { HttpRefusal, preventCaching } from "../plugins/index.ts";
import { sendFile } from "../recordings/index.ts";
import {
  type ChatOptions,
  type ChatRights,
  downloadPath,
  fileNotFound,
  type LinkMakers,
  unwrapChat,
  uploadPath,
} from "./operations.ts";
import { uploadedSchema } from "./schemas.ts";

export interface ChatFileOptions extends ChatOptions {
  /** By the first word of those that name makers. */
  readonly makers: Readonly<Record<string, LinkMakers>>;
  readonly maxFileBytes: number;
}

/** The right of a valid link to one transfer. */
interface TransferRight {
  readonly still: () => Promise<boolean>;
  /** Calls when it may have gone. The returned function ends that. */
  readonly onChange: (listener: () => void) => () => void;
}

/** From the headers to the answer. */
const maxTransferMs = 600_000;

const params = Type.Object({ file_id: Type.String({ description: "The id of the file." }) });
const querystring = Type.Object({
  expires: Type.Optional(
    Type.Integer({ minimum: 0, description: "The end of the link, seconds since 1970." }),
  ),
  by: Type.Optional(Type.String({ maxLength: 200, description: "The maker of the link." })),
  signature: Type.Optional(Type.String({ maxLength: 128, description: "The signature of the link." })),
});
const common = { tags: ["Chat"], params, querystring, security: [{ signedLink: [] }] };
const bytes = Type.String({ contentMediaType: "application/octet-stream", examples: ["(bytes)"] });

const put = {
  ...common,
  operationId: "uploadChatFile",
  summary: "Upload a file",
  description:
    "The body is the file as it is, with exactly the bytes that were announced. What it is must match the type that was " +
    "announced. It can be uploaded once, and is removed when no message has it within an hour.",
  consumes: ["application/octet-stream"],
  body: Type.Unsafe<Readable>({ description: "The file as it is.", examples: ["(bytes)"] }),
  response: { 200: uploadedSchema },
};

const get = {
  ...common,
  operationId: "downloadChatFile",
  summary: "Download a file",
  description: "The file as an attachment. Takes ranges; the entity tag is its SHA-256.",
  headers: Type.Object({
    range: Type.Optional(
      Type.String({ maxLength: 200, description: "One range of bytes.", examples: ["bytes=0-1023"] }),
    ),
    "if-range": Type.Optional(
      Type.String({ maxLength: 200, description: "The part only if the file is still this one." }),
    ),
  }),
  response: {
    200: { description: "The file.", content: { "application/octet-stream": { schema: bytes } } },
    206: {
      description: "The part that was asked for.",
      content: { "application/octet-stream": { schema: bytes } },
    },
  },
};

export async function chatFileRoutes(app: Api, options: ChatFileOptions): Promise<void> {
  const { chat, links, clock, makers, maxFileBytes } = options;

  /** @throws HttpRefusal when the link is not good for this. */
  async function judge(request: FastifyRequest, right: keyof ChatRights): Promise<TransferRight> {
    const { by, expires, signature } = request.query as Readonly<Record<string, unknown>>;
    const { file_id: id } = request.params as { readonly file_id: string };
    const path = right === "write" ? uploadPath(id) : downloadPath(id);
    const signed =
      typeof by === "string" &&
      typeof signature === "string" &&
      links.verify(path, { expires: Number(expires), by, signature }, clock.now());
    const kind = signed ? makers[by.split(":", 1)[0] ?? ""] : undefined;
    if (!signed || !kind)
      throw new HttpRefusal("LINK_NOT_VALID", "The link has expired, or it was not made here.");
    const file = await chat.files.find(id);
    if (!file) throw fileNotFound();
    const room = file.room as RoomId;
    const still = async () => (await kind.rightsOf(by, room))[right];
    if (!(await still()))
      throw new HttpRefusal("LINK_NOT_VALID", "The maker of the link may not do this any more.");
    return { still, onChange: (listener) => kind.onChange(by, room, listener) };
  }

  /** Ends the transfer when the right to it goes. */
  function guard({ still, onChange }: TransferRight, request: FastifyRequest, reply: FastifyReply): void {
    const look = () => {
      still()
        .catch(() => false)
        .then((may) => {
          if (!may) request.raw.socket.destroy();
        });
    };
    reply.raw.once("close", onChange(look));
  }

  const config = { scope: "public" } as const;
  const transfer = { config, handlerTimeout: maxTransferMs };

  await app.register(async (uploads: Api) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    uploads.addHook("onRequest", preventCaching);
    uploads.put(
      "/chat/uploads/:file_id",
      { schema: put, bodyLimit: maxFileBytes, ...transfer },
      async (request, reply) => {
        const link = await judge(request, "write");
        const { file_id: id } = request.params;
        const announced = await chat.files.find(id);
        const length = request.headers["content-length"];
        if (announced && length !== undefined && Number(length) !== announced.size) {
          throw new HttpRefusal("FILE_MISMATCH", `${announced.size} bytes were announced.`);
        }
        guard(link, request, reply);
        const { sha256, size } = unwrapChat(await chat.files.receive(id, bodyOf(request)).catch(explain));
        return { file_id: id, sha256: sha256 ?? "", size };
      },
    );
  });

  app.get(
    "/chat/files/:file_id",
    { schema: get, ...transfer, onRequest: preventCaching, exposeHeadRoute: false },
    async (request, reply) => {
      const link = await judge(request, "read");
      const file = await chat.files.openable(request.params.file_id);
      if (!file) throw fileNotFound();
      guard(link, request, reply);
      reply.header("content-security-policy", "default-src 'none'; sandbox");
      return sendFile({ ...file, endedAt: null, notFound: fileNotFound }, request, reply);
    },
  );
}

/** The connection stays when not everything is read: the answer says why. */
function bodyOf({ body, raw }: FastifyRequest): AsyncIterable<Uint8Array> {
  const stream = (body ?? raw) as Readable;
  return {
    [Symbol.asyncIterator]: () => stream.iterator({ destroyOnReturn: false })[Symbol.asyncIterator](),
  };
}

/** A client that goes away in the middle is no failure of the bridge. */
function explain(error: unknown): never {
  const gone = ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ABORT_ERR"].includes(errorCode(error) ?? "");
  throw gone ? new HttpRefusal("MALFORMED_REQUEST", "The body did not arrive whole.") : error;
}
