// How the bridge's metrics are made. Nothing here counts by itself: each metric reads its samples when it is scraped,
// so that counting costs the paths that do it an increment and no more.
import { Counter, Gauge, type Registry } from "prom-client";

export type Samples = Iterable<readonly [labels: Record<string, string>, value: number]>;

export interface Meters {
  gauge(name: string, help: string, labelNames: string[], read: () => Samples | Promise<Samples>): void;
  counter(name: string, help: string, labelNames: string[], read: () => Samples): void;
}

export const single = (value: number): Samples => [[{}, value]];

export const byKey = (label: string, counts: object): Samples =>
  Object.entries(counts).map(([key, value]) => [{ [label]: key }, Number(value)]);

/** Makers of metrics that read their samples when scraped. */
export function metersOf(registry: Registry): Meters {
  const make = (name: string, help: string, labelNames: string[]) => ({
    name,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    gauge(name, help, labelNames, read) {
      new Gauge({
        ...make(name, help, labelNames),
        async collect() {
          const samples = await read();
          this.reset();
          for (const [labels, value] of samples) this.set(labels, value);
        },
      });
    },
    counter(name, help, labelNames, read) {
      new Counter({
        ...make(name, help, labelNames),
        collect() {
          this.reset();
          for (const [labels, value] of read()) this.inc(labels, value);
        },
      });
    },
  };
}
