// A message as text for logs and traces, without secrets. Credentials keep their scheme and user name, because a trace is mostly read
// to find out which user was refused.

const secret = "[secret]";

/** Accepts any received bytes, well-formed or not. */
export function redact(data: Uint8Array): string {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
  const split = /\r?\n\r?\n/.exec(text);
  const headEnd = split ? split.index : text.length;
  const head = text.slice(0, headEnd);
  const body = text.slice(headEnd);
  return redactHead(head) + redactBody(head, body);
}

function redactHead(head: string): string {
  return head
    .replace(/\r?\n[ \t]+/g, " ")
    .replace(/^((?:proxy-)?authorization[ \t]*:)[ \t]*(.*)$/gim, (_line, name: string, value: string) => {
      return `${name} ${redactCredentials(value)}`;
    })
    .replace(/[^\s@;<>"]+@?/g, withoutPassword);
}

/** `word` ends with an `@` if a URI has its user part there. */
const withoutPassword = (word: string): string =>
  word.endsWith("@") ? word.replace(/(\bsips?:[^:@]+):.*/i, `$1:${secret}@`) : word;

function redactCredentials(value: string): string {
  const [scheme = ""] = value.split(/\s/, 1);
  if (scheme.toLowerCase() !== "digest") return `${scheme} ${secret}`;
  return value.replace(/(\bresponse\s*=\s*)("[^"]*"?|[^\s,]+)/gi, `$1${secret}`);
}

/** Types of bodies or parts that carry pressed keys: KPML (RFC 4730), and those in INFO (RFC 6086). */
const keyType =
  /^(?:content-type|c)[ \t]*:[ \t]*(?:application\/(?:(?:vnd\.\w+\.)?(?:dtmf|digits)|kpml)|audio\/telephone-event)/im;
/** The only type of an INFO body that is not treated as pressed keys (RFC 5168). */
const mediaControlType = /^(?:content-type|c)[ \t]*:[ \t]*application\/media_control\+xml/im;
/** Lines of a description as lenient parsers read them: padded, and with space around the name of an attribute. */
const mediaKey = /^((?:[^\S\r\n]|\0)*a=[^\S\r\n]*crypto[^\S\r\n]*:.*?\binline:)\S+/gim;
const keyLine =
  /^((?:[^\S\r\n]|\0)*(?:a=[^\S\r\n]*(?:ice-pwd[^\S\r\n]*:|key-mgmt[^\S\r\n]*:[^\S\r\n]*\S+[ \t])|k=)).*$/gim;

/** Media keys (RFC 4567, 4568, 4566 §5.12), ICE passwords, and pressed keys: a PIN is entered this way. */
function redactBody(head: string, body: string): string {
  const info = /^INFO[ \t]/i.test(head) && !mediaControlType.test(head);
  const keys = info || keyType.test(head) || keyType.test(body);
  if (keys && body.trim() !== "") return `\r\n\r\n${secret}`;
  return body.replace(mediaKey, `$1${secret}`).replace(keyLine, `$1${secret}`);
}
