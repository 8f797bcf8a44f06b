// Reads the output of `npm audit --json`. Pure. The output may have another form when the registry is unreachable or has no audits.

export interface Advisory {
  readonly name: string;
  readonly severity: string;
  readonly title: string;
}

export type Advisories =
  | { readonly kind: "unknown"; readonly why: string }
  | { readonly kind: "known"; readonly advisories: readonly Advisory[]; readonly serious: number };

interface Report {
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      { readonly severity?: string; readonly via?: readonly (string | { readonly title?: string })[] }
    >
  >;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

export function readAdvisories(text: string): Advisories {
  let report: Report;
  try {
    report = JSON.parse(text) as Report;
  } catch {
    return { kind: "unknown", why: "the registry did not answer" };
  }
  if (!report.vulnerabilities)
    return {
      kind: "unknown",
      why: report.message ?? report.error?.summary ?? "the registry cannot be asked",
    };
  const advisories = Object.entries(report.vulnerabilities).map(
    ([name, { severity = "unknown", via = [] }]) => {
      const titles = via.map((cause) =>
        typeof cause === "string" ? `by way of ${cause}` : (cause.title ?? ""),
      );
      return { name, severity, title: titles.join("; ") };
    },
  );
  const serious = advisories.filter(({ severity }) => ["high", "critical"].includes(severity)).length;
  return { kind: "known", advisories, serious };
}
