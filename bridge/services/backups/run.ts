// Runs a separate process that writes a backup, at low priority, so that processes that handle calls go first.
import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { errorMessage, ParleyError, signalChild } from "#common";
import type { BackupJob } from "./write.ts";

const program = join(import.meta.dirname, "write-process.ts");
/** Some gigabytes on a slow disk. */
const limitMs = 30 * 60_000;
const maxAnswerBytes = 10_000;

/** Returns the size of the backup in bytes. Rejects with a ParleyError that names the reason; `signal` kills the process. */
export function runBackup(job: BackupJob, signal: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const fail = (reason: string) => reject(new ParleyError("BACKUP_FAILED", reason));
  const child = spawn(process.execPath, [program], {
    stdio: ["pipe", "pipe", "ignore"],
    // No configuration in its environment, which others of the same user may read.
    env: {},
  });
  child.on("error", (error) => fail(`the backup could not begin: ${errorMessage(error)}`));
  // It could not be run, and has no pipes either.
  if (child.pid === undefined) return promise;
  const limit = AbortSignal.timeout(limitMs);
  const ended = AbortSignal.any([signal, limit]);
  const end = () => {
    fail(
      limit.aborted ? `the backup took longer than ${limitMs / 60_000} minutes` : "the bridge was stopped",
    );
    signalChild(child, "SIGKILL");
  };
  if (ended.aborted) end();
  else ended.addEventListener("abort", end);
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (answer.length < maxAnswerBytes) answer += text;
  });
  if (job.background) child.on("spawn", () => giveWay(child.pid!));
  child.on("close", (code, killedBy) => {
    ended.removeEventListener("abort", end);
    const { bytes, reason } = readAnswer(answer);
    if (bytes !== undefined) resolve(bytes);
    else fail(reason ?? `the process that writes backups ended with ${killedBy ?? `code ${code}`}`);
  });
  // It may be gone before it has read anything; why, is told above.
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(job));
  return promise;
}

function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or lower priority is not allowed here.
  }
}

function readAnswer(text: string): { readonly bytes?: number; readonly reason?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
