// INFO bodies of XML Schema for Media Control (RFC 5168): phones without RTCP feedback request a key frame this way. Pure.

const mediaControlType = "application/media_control+xml";

/** The only primitive of the RFC, with any namespace prefix (RFC 5168 §7). */
const pictureFastUpdate = /<(?:[\w.-]{1,64}:)?picture_fast_update[\s/>]/;

/** The request of the far end; `unknown`: not supported; undefined: the body is of another type. */
export function readMediaControl(
  contentType: string,
  body: string,
): "picture fast update" | "unknown" | undefined {
  const type = contentType.split(";")[0]?.trim().toLowerCase();
  if (type !== mediaControlType) return undefined;
  return pictureFastUpdate.test(body) ? "picture fast update" : "unknown";
}
