// How this machine reaches packages: mirrors, proxies, certificates and npm's settings, read so that a bare machine can
// be given the same. Credentials are copied as files and never read.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const ask = (command: string, ...parts: string[]): string =>
  execFileSync(command, parts, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

export interface Mirrors {
  readonly debian: string;
  readonly security: string;
}

/** The Debian mirrors of this machine, or the public ones where it has none (Ubuntu). */
export function mirrors(): Mirrors {
  const lines = ask(
    "apt-get",
    "indextargets",
    "--format",
    "$(ORIGIN) $(RELEASE) $(REPO_URI)",
    "Created-By: Packages",
  );
  const ours = lines
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([origin, , uri]) => origin === "Debian" && /^https?:/.test(uri ?? ""));
  const uriOf = (isWanted: (release: string) => boolean) =>
    ours.find(([, release = ""]) => isWanted(release))?.[2];
  return {
    debian: uriOf((release) => !release.includes("-")) ?? "http://deb.debian.org/debian",
    security: uriOf((release) => release.endsWith("-security")) ?? "http://deb.debian.org/debian-security",
  };
}

/** How apt fetches here (proxies, time-outs, checks), as lines of a configuration file. */
export function aptFetching(): string {
  const lines = ask("apt-config", "dump", "Acquire").split("\n");
  return lines.filter((line) => /^Acquire::(?!IndexTargets|cdrom|Changelogs)/.test(line)).join("\n");
}

/** Files to copy to the same place, those of them that are there. */
export function settingsFiles(): string[] {
  const npm = (key: string) => ask("npm", "config", "get", key).trim();
  const files = [npm("globalconfig"), "/etc/npmrc", "/etc/apt/auth.conf", "/etc/apt/auth.conf.d"];
  return [...files, "/usr/local/share/ca-certificates", "/etc/resolv.conf"].filter((file) =>
    existsSync(file),
  );
}

export const npmUserSettings = (): string => ask("npm", "config", "get", "userconfig").trim();

const passedOn =
  /^(?:https?_proxy|no_proxy|npm_config_(?:registry|https?_proxy|proxy|noproxy)|NODE_EXTRA_CA_CERTS)$/i;

export const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => passedOn.test(entry[0])),
  );
