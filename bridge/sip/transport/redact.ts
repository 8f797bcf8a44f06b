// A message as text for people, without secrets. Credentials keep their scheme and user name, because a trace is mostly read
// to find out which user was refused.

const secret = "[secret]";

/** Works on whatever came off the wire, well-formed or not. */
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

/** `word` ends with an `@` if a URI has its user there. */
const withoutPassword = (word: string): string =>
  word.endsWith("@") ? word.replace(/(\bsips?:[^:@]+):.*/i, `$1:${secret}@`) : word;

function redactCredentials(value: string): string {
  const [scheme = ""] = value.split(/\s/, 1);
  if (scheme.toLowerCase() !== "digest") return `${scheme} ${secret}`;
  return value.replace(/(\bresponse\s*=\s*)("[^"]*"?|[^\s,]+)/gi, `$1${secret}`);
}

/** Pressed keys as they come in a body or in a part of one: INFO (RFC 6086), KPML (RFC 4730). */
const keyType =
  /^(?:content-type|c)[ \t]*:[ \t]*(?:application\/(?:(?:vnd\.\w+\.)?dtmf|kpml)|audio\/telephone-event)/im;

/** Media keys (RFC 4567, 4568, 4566 §5.12), ICE passwords, and pressed keys: a PIN is entered this way. */
function redactBody(head: string, body: string): string {
  if ((keyType.test(head) || keyType.test(body)) && body.trim() !== "") return `\r\n\r\n${secret}`;
  return body
    .replace(/^(a=crypto:.*?\binline:)\S+/gim, `$1${secret}`)
    .replace(/^(a=ice-pwd:|a=key-mgmt:\S+[ \t]|k=).*$/gim, `$1${secret}`);
}
