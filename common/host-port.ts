// How a host and its port are written behind one another.

/** `host`, `host:port`; an IPv6 literal, which is given without brackets, gets them (RFC 3986 §3.2.2). */
export function formatHostPort(host: string, port?: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
