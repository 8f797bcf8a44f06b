// What operators load into Grafana and Prometheus asks only for metrics that the bridge exports.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { measureEvents } from "../../../../bridge/setup/metrics/events.ts";
import { createMetrics } from "../../../../bridge/setup/metrics/index.ts";
import { idleSources } from "../../../support/fakes/metrics.ts";
import { Fixture } from "../../api/support/fixture.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../../docs/monitoring/${name}`, import.meta.url), "utf8");

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const panels: readonly Panel[] = JSON.parse(read("grafana-dashboard.json")).panels;
const rules: readonly Rule[] = parse(read("alerts.yaml")).groups[0].rules;
const expressions = [
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
];

const exported = await exportedNames();

async function exportedNames(): Promise<ReadonlySet<string>> {
  const metrics = createMetrics(idleSources);
  measureEvents(metrics, {
    log: { snapshot: () => ({ newest: 0, oldest: 0, waiting: 0, lost: 0 }) },
    webhooks: {
      snapshot: () => ({ webhooks: 0, pending: 0, attempts: { succeeded: 0, failed: 0 }, queues: [] }),
    },
  });
  await Fixture.create({ metrics });
  const all = await metrics.getMetricsAsJSON();
  return new Set(
    all.flatMap(({ name, type }) =>
      String(type) === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

describe.each(expressions)("%s: %s", (_name, expression) => {
  it("asks for what is exported", () => {
    const names = expression.match(/\b(?:parley|process|nodejs)_[a-z0-9_]+\b/g) ?? [];
    expect(names.filter((name) => !exported.has(name))).toEqual([]);
    expect(names.length + Number(expression.startsWith("up{"))).toBeGreaterThan(0);
  });
});

it("every alert has a name of its own, a severity and words for the operator on call", () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { labels, annotations } of rules) {
    expect(["warning", "critical"]).toContain(labels.severity);
    expect(annotations.summary).toBeTruthy();
    expect(annotations.description).toBeTruthy();
  }
});

it("the disk of a folder that is there is told, one that is not is left out", async () => {
  const { diskSpace } = await import("../../../../bridge/setup/disk.ts");
  const [space, ...others] = await diskSpace({ data: ".", recordings: "/none/at/all" });
  expect(others).toEqual([]);
  expect(space).toMatchObject({ folder: "data" });
  expect(space!.freeBytes).toBeGreaterThan(0);
  expect(space!.sizeBytes).toBeGreaterThanOrEqual(space!.freeBytes);
});
