// Writes a host with its port.

/** `host`, `host:port`; an IPv6 literal, which is given without brackets, gets them (RFC 3986 §3.2.2). */
export function formatHostPort(host: string, port?: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
