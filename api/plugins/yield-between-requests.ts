// The API and signalling share a process: one operation begins in each turn of its loop, so that however many ask at
// once, a SIP message never waits for more than one of them.
import type { Api } from "../instance.ts";
export function yieldBetweenRequests(app: Api): void {
  const waiting: (() => void)[] = [];
  const next = () => {
    const begin = waiting.shift();
    if (waiting.length > 0) setImmediate(next);
    begin?.();
  };
  app.addHook("preHandler", (_request, _reply, done) => {
    waiting.push(done);
    if (waiting.length === 1) setImmediate(next);
  });
}
