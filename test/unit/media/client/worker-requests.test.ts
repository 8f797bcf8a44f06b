// Commands to a worker whose process may be followed by another one.
import { beforeEach, expect, it } from "vitest";
import { ParleyError } from "#common";
import { settle } from "#test/support";
import type { WorkerProcess } from "../../../../media/client/worker-process.ts";
import { WorkerRequests } from "../../../../media/client/worker-requests.ts";

/** A process that answers when it is told to. */
function processOf(name: string) {
  const asked: PromiseWithResolvers<unknown>[] = [];
  const request = () => {
    const answer = Promise.withResolvers<unknown>();
    asked.push(answer);
    return answer.promise;
  };
  return {
    process: { request } as unknown as Pick<WorkerProcess, "request">,
    asked,
    answer: () => asked.shift()?.resolve(name),
    fail: (code: string) => asked.shift()?.reject(new ParleyError(code, "it failed")),
  };
}

let requests: WorkerRequests;
let outcomes: string[];

beforeEach(() => {
  outcomes = [];
  requests = new WorkerRequests(() => new ParleyError("WORKER_DOWN", "refused"));
});

function ask(name: string): void {
  requests.request("ping", {}).then(
    (by) => outcomes.push(`${name} by ${by}`),
    ({ message }) => outcomes.push(`${name} ${message}`),
  );
}

it("are refused without a process, and asked of the one that there is at once", async () => {
  const first = processOf("first");
  ask("a");
  requests.passTo(first.process);
  ask("b");
  expect(first.asked).toHaveLength(1);
  first.answer();
  ask("c");
  first.fail("BAD_SDP");
  await settle();
  expect(outcomes).toEqual(["a refused", "b by first", "c it failed"]);
});

it("wait for the successor, in their order: what was not answered before what was asked meanwhile", async () => {
  const [first, second] = [processOf("first"), processOf("second")];
  requests.passTo(first.process);
  ask("a");
  first.fail("WORKER_DOWN");
  await settle();
  requests.hold();
  ask("b");
  await settle();
  expect(outcomes).toEqual([]);
  requests.passTo(second.process);
  await settle();
  expect([first.asked.length, second.asked.length]).toEqual([0, 2]);
  second.answer();
  second.answer();
  await settle();
  expect(outcomes).toEqual(["a by second", "b by second"]);
});

it("are asked of the successor of a successor", async () => {
  const [first, second] = [processOf("first"), processOf("second")];
  requests.passTo(first.process);
  ask("a");
  requests.hold();
  first.fail("WORKER_DOWN");
  requests.passTo(second.process);
  await settle();
  second.fail("WORKER_DOWN");
  await settle();
  requests.hold();
  const third = processOf("third");
  requests.passTo(third.process);
  await settle();
  third.answer();
  await settle();
  expect(outcomes).toEqual(["a by third"]);
});

it("are refused when none follows, also what its process leaves unanswered only then", async () => {
  const first = processOf("first");
  requests.passTo(first.process);
  for (const name of ["a", "b"]) ask(name);
  first.fail("WORKER_DOWN");
  await settle();
  requests.refuse();
  first.fail("WORKER_DOWN");
  await settle();
  expect(outcomes).toEqual(["a refused", "b refused"]);
});

it("are never answered nor refused once the worker is left", async () => {
  const first = processOf("first");
  requests.passTo(first.process);
  for (const name of ["a", "b"]) ask(name);
  first.fail("WORKER_DOWN");
  requests.leave();
  first.fail("BAD_REQUEST");
  ask("c");
  requests.hold();
  requests.passTo(processOf("second").process);
  requests.refuse();
  ask("d");
  await settle();
  expect(outcomes).toEqual([]);
});
