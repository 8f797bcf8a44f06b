// A program of its own: writes one backup, so that the process that answers calls never waits for a copy of the database.
// The job comes on standard input, because it holds the configuration, and with it passwords.
//
//   node write-process.ts < JOB  →  {"bytes": 81234} or {"reason": "the disk is full"}
import { text } from "node:stream/consumers";
import { errorMessage } from "#common";
import { type BackupJob, writeBackup } from "./write.ts";

const job: BackupJob = JSON.parse(await text(process.stdin));
const answer = await writeBackup(job).then(
  (bytes) => ({ bytes }),
  (error: unknown) => ({ reason: errorMessage(error) }),
);
process.stdout.write(JSON.stringify(answer));
