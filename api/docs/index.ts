// GET / says what answers here; GET /docs is the description of this API for people. The page and its start are ours; what draws it comes out of a
// package on this disk, so that it works without internet, and the policy it is sent with lets it load nothing from
// elsewhere. Needs no key and says nothing about this installation.

import { createReadStream } from "node:fs";
import type { FastifyReply } from "fastify";
import type { Api } from "../instance.ts";
import { pageHeaders } from "../page-headers.ts";

/** Names of files → their types. Nothing else of the package is served. */
const assets: Readonly<Record<string, string>> = {
  "swagger-ui.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const front = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley</title>
</head>
<body>
<h1>Parley</h1>
<p>This is the API of a conference bridge. Clients need a key.</p>
<ul>
<li><a href="/docs">what the API can do</a>, and <a href="/api/openapi.json">the same as OpenAPI</a></li>
<li><a href="/healthz">whether the bridge is up</a></li>
</ul>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
});
`;

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function docsRoutes(app: Api): void {
  const options = { schema: { hide: true }, config: { scope: "public" as const } };
  const folder = new URL("static/", import.meta.resolve("@fastify/swagger-ui/package.json"));

  app.get("/", options, (_request, reply) =>
    withSecurityHeaders(reply, "text/html; charset=utf-8").send(front),
  );
  app.get("/docs", options, (_request, reply) =>
    withSecurityHeaders(reply, "text/html; charset=utf-8").send(page),
  );
  app.get("/docs/start.js", options, (_request, reply) =>
    withSecurityHeaders(reply, "text/javascript; charset=utf-8").send(start),
  );
  for (const [name, type] of Object.entries(assets)) {
    app.get(`/docs/${name}`, options, (_request, reply) =>
      withSecurityHeaders(reply, type)
        .header("cache-control", "public, max-age=3600")
        .send(createReadStream(new URL(name, folder))),
    );
  }
}

const withSecurityHeaders = (reply: FastifyReply, type: string): FastifyReply =>
  pageHeaders(reply, type, policy);
