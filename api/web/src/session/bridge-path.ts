// Where the bridge's paths are, as the browser sees them: directly below the host, or below the path at which a reverse proxy has the
// bridge. The page is at `join/` there.

/** Of the page, where there is one. */
const place = globalThis as { readonly location?: { readonly pathname?: string } };

/** `path`: of the bridge, such as `/api/join`. `page`: the page's own path. */
export function bridgePath(path: string, page = place.location?.pathname ?? "/join/"): string {
  const prefix = /^(.*)\/join\/?$/.exec(page)?.[1] ?? "";
  return `${prefix}${path}`;
}
