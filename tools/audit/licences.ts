// Checks the licences of the packages that are installed with the product, read from the lock file alone. Pure: needs neither
// network nor node_modules.

/** The parts of package-lock.json that are read here. */
export interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly license?: string; readonly dev?: boolean }>
  >;
}

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Licences that may be installed beside the product: they ask for a notice at most, or for the sources of what they cover. */
const allowed: ReadonlySet<string> = new Set([
  ...["MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0"],
  ...["Unlicense", "MPL-2.0"],
]);
/** Packages whose metadata has no licence; read in their files. */
const readInFiles: Readonly<Record<string, string>> = { "@shinyoshiaki/jspack": "BSD-3-Clause" };

/** Every package that is not for developers alone, each name and version once, by name. */
export function productionPackages({ packages }: Lock): readonly Package[] {
  const found = new Map<string, Package>();
  for (const [path, { version = "", license, dev }] of Object.entries(packages)) {
    if (path === "" || dev) continue;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const licence = license ?? readInFiles[name] ?? "unknown";
    found.set(`${name} ${version}`, { name, version, licence });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const begin = "<!-- made by `npm run licences`: what the packages above bring along -->";
const end = "<!-- end -->";

/** The generated part of NOTICES.md: the names of all packages by licence. */
function noticesOf(packages: readonly Package[]): string {
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
  const rows = licences.map((licence) => {
    const names = new Set(packages.filter((each) => each.licence === licence).map(({ name }) => name));
    return `- **${licence}**: ${[...names].join(", ")}`;
  });
  return [begin, "", ...rows, "", end].join("\n");
}

/** NOTICES.md with the generated part brought up to date. */
export function withNotices(notices: string, packages: readonly Package[]): string {
  const [at, to] = [notices.indexOf(begin), notices.indexOf(end)];
  if (at < 0 || to < at) throw new Error("NOTICES.md has lost the lines between which packages are listed");
  return notices.slice(0, at) + noticesOf(packages) + notices.slice(to + end.length);
}

/** The problems as sentences; empty: none. `direct`: the production dependencies in package.json. */
export function licenceProblems(
  packages: readonly Package[],
  { notices, direct }: { readonly notices: string; readonly direct: readonly string[] },
): readonly string[] {
  const [handWritten = ""] = notices.split(begin);
  return [
    ...packages
      .filter(({ licence }) => !isAllowed(licence))
      .map(
        ({ name, version, licence }) => `${name} ${version} has the licence ${licence}, which is not allowed`,
      ),
    ...direct
      .filter((name) => !handWritten.includes(name))
      .map((name) => `NOTICES.md does not say what ${name} is for`),
    ...(withNotices(notices, packages) === notices ? [] : ["NOTICES.md is not up to date: npm run licences"]),
  ];
}

/** An expression of SPDX: one of several is enough (`OR`), all of several are needed (`AND`). */
function isAllowed(expression: string): boolean {
  const bare = expression.replace(/[()]/g, "");
  return bare.split(" OR ").some((choice) => choice.split(" AND ").every((name) => allowed.has(name.trim())));
}
