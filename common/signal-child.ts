import type { ChildProcess } from "node:child_process";

/**
 * Sends a signal to a child process. One that could not be run, for want of file handles, has no pid: Node would send the signal to
 * process 0, which is our own process group (kill(2)).
 */
export function signalChild(child: Pick<ChildProcess, "pid" | "kill">, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(signal);
}
