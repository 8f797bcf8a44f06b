// GET /join, with or without a slash behind it, and its files: the page that a link opens (api/web), as it was built into a folder. The files are read when
// the API starts, and nothing else of that folder is served. The page loads nothing from elsewhere, and the policy it
// is sent with lets it load nothing.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyReply } from "fastify";
import type { Api } from "../instance.ts";
import { pageHeaders } from "../page-headers.ts";

/** Where `npm run build` puts the page. */
export const builtPage = fileURLToPath(new URL("../web/dist", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const options = { schema: { hide: true }, config: { scope: "public" as const } };

/** `folder`: with the built page; without one, the page says that it is not there. */
export function pageRoutes(app: Api, folder: string): void {
  const files = filesOf(folder);
  if (!files.includes("index.html")) {
    app.get("/join", options, (_request, reply) =>
      withSecurityHeaders(reply.code(503), "text/plain; charset=utf-8").send(
        "The join page is not built: npm run build\n",
      ),
    );
    return;
  }
  for (const file of files) {
    const type = types[extname(file)];
    if (type === undefined) continue;
    const content = readFileSync(join(folder, file));
    // The names of built files change with what is in them.
    const caching = file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    app.get(file === "index.html" ? "/join" : `/join/${file}`, options, (request, reply) => {
      const [path = "", query] = request.url.split("?", 2);
      // The page names its files from where it is, which a reverse proxy may have below a path of its own.
      if (path === "/join") return reply.redirect(query === undefined ? "join/" : `join/?${query}`);
      return withSecurityHeaders(reply, type).header("cache-control", caching).send(content);
    });
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  } catch {
    return [];
  }
}

const withSecurityHeaders = (reply: FastifyReply, type: string): FastifyReply =>
  pageHeaders(reply, type, policy).header(
    "permissions-policy",
    "microphone=(self), camera=(self), speaker-selection=(self), geolocation=()",
  );
