// The memory use of this process. Node reads the resident size from a file, which fails when no file handle is left: the last
// value is then returned.
import { getHeapStatistics } from "node:v8";

/** Bytes. */
export type ProcessMemory = Pick<NodeJS.MemoryUsage, "rss" | "heapTotal" | "heapUsed" | "external">;

let lastRss = 0;

/** Never throws. While no file handle is left, `rss` is the last one that could be read (0: none could). */
export function processMemory(read: () => ProcessMemory = process.memoryUsage): ProcessMemory {
  try {
    const memory = read();
    lastRss = memory.rss;
    return memory;
  } catch {
    const { total_heap_size, used_heap_size, external_memory } = getHeapStatistics();
    return {
      rss: lastRss,
      heapTotal: total_heap_size,
      heapUsed: used_heap_size,
      external: external_memory,
    };
  }
}
