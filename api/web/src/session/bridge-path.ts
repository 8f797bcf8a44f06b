// The paths of the bridge as the browser sees them: directly below the host, or below the path at which a reverse proxy has the
// bridge. The page itself is at `join/` there.

/** `path`: of the bridge, such as `/api/join`. `page`: the path of this page. */
export function bridgePath(path: string, page = pagePath()): string {
  const prefix = /^(.*)\/join\/?$/.exec(page)?.[1] ?? "";
  return `${prefix}${path}`;
}

/** In a unit test there is no page. */
const pagePath = (): string =>
  (globalThis as { readonly location?: { readonly pathname: string } }).location?.pathname ?? "/join/";
