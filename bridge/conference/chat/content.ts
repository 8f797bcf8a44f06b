// Checks the bytes of a file against its announced type. Formats with a signature are detected by `file-type`;
// text has none: it is valid UTF-8 without control characters and without the signature of another format. A file
// is never interpreted further, and is only served as an attachment.
import { open } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";

/** Types whose files have no signature: any text may be announced as one of them. */
const plainTypes = new Set(["text/plain", "text/csv", "text/markdown", "text/calendar", "application/json"]);
/** Synonyms of one format, the name that the detection uses first. */
const sameTypes: readonly (readonly string[])[] = [
  ["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"],
  ["audio/mpeg", "audio/mp3"],
  ["audio/mp4", "audio/x-m4a", "audio/m4a", "video/mp4"],
  ["application/zip", "application/x-zip-compressed"],
  ["application/gzip", "application/x-gzip"],
];
const pieceBytes = 64 * 1024;

const isPlainType = (contentType: string): boolean => plainTypes.has(contentType);

/** The type of the file if it is not `contentType`; undefined: it is as announced. */
export async function mismatchOf(path: string, contentType: string): Promise<string | undefined> {
  const found = (await fileTypeFromFile(path))?.mime;
  if (isPlainType(contentType)) {
    if (found !== undefined) return found;
    return (await isText(path)) ? undefined : "no text in UTF-8";
  }
  if (found === contentType) return undefined;
  if (
    found !== undefined &&
    sameTypes.some((names) => names.includes(found) && names.includes(contentType))
  ) {
    return undefined;
  }
  return found ?? "no format that is known";
}

/** Tab, line feed, form feed and carriage return are text. */
const controls = /[^\P{Cc}\t\n\f\r]/u;

async function isText(path: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const file = await open(path, "r");
  try {
    for await (const piece of file.createReadStream({ highWaterMark: pieceBytes, autoClose: false })) {
      if (controls.test(decoder.decode(piece as Buffer, { stream: true }))) return false;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    await file.close();
  }
}
