// A reverse proxy that has the bridge at a path and takes that off, as `location /parley/ { proxy_pass http://127.0.0.1:8887/; }` of nginx does.
import { once } from "node:events";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";

export interface PrefixProxy {
  /** Without a slash at its end. */
  readonly url: string;
  close(): void;
}

/** `target`: where the bridge is, `http://127.0.0.1:8887`. What is not below `prefix` is answered 404. */
export async function startPrefixProxy(target: string, prefix: string): Promise<PrefixProxy> {
  const { hostname, port } = new URL(target);
  const strip = (url = "") => (url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined);
  const server = createServer((asked, answer) => {
    const path = strip(asked.url);
    if (path === undefined) {
      answer.writeHead(404).end();
      return;
    }
    const { method, headers } = asked;
    const onward = request({ host: hostname, port, path, method, headers }, (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.pipe(onward);
  });
  server.on("upgrade", ({ url, rawHeaders }, socket, head) => {
    const path = strip(url);
    if (path === undefined) {
      socket.destroy();
      return;
    }
    const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []));
    const onward = connect(Number(port), hostname);
    onward.write([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    onward.write(head);
    onward.pipe(socket).pipe(onward);
    for (const each of [onward, socket]) {
      each.on("error", () => {
        onward.destroy();
        socket.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
