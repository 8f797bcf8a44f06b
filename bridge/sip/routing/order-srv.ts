// The order in which SRV records are tried (RFC 2782): by priority, and among equals by a draw in which the weight
// counts. Pure apart from the random source that it is given.
import type { SrvRecord } from "./dns.ts";

/** `random` returns a number from 0 up to 1. */
export function orderSrv(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawByWeight(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function drawByWeight(equals: readonly SrvRecord[], random: () => number): SrvRecord[] {
  // Records without weight come first, so that a draw of 0 selects one of them.
  const left = equals.toSorted((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const order: SrvRecord[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    const draw = Math.floor(random() * (total + 1));
    let sum = 0;
    const index = left.findIndex(({ weight }) => {
      sum += weight;
      return sum >= draw;
    });
    order.push(...left.splice(Math.max(index, 0), 1));
  }
  return order;
}
