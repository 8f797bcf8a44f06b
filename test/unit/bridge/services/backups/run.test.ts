import { expect, it } from "vitest";
import { runBackup } from "../../../../../bridge/services/backups/run.ts";
import { importing, printedWithoutHandles } from "../../../../support/no-handles.ts";

const job = {
  ...{ file: "/nowhere/backup.tar.gz", database: "/nowhere/parley.db", data: "/nowhere" },
  ...{ withChat: false, version: "1.0.0", host: "here", now: 0, background: false },
};

it("a backup for which no file handle is left says so, and its end afterwards kills nothing", () => {
  const printed = printedWithoutHandles(
    importing("runBackup", "bridge/services/backups/run.ts"),
    `const end = new AbortController();
    const running = runBackup(${JSON.stringify(job)}, end.signal);
    console.log(await running.catch(({ code, message }) => code + ": " + message));
    end.abort();`,
  );
  expect(printed).toMatch(/^BACKUP_FAILED: the backup could not begin: spawn .* EMFILE\n$/);
});

it("a backup that is ended says so, and what stood in its way otherwise", async () => {
  await expect(runBackup(job, AbortSignal.abort())).rejects.toMatchObject({
    code: "BACKUP_FAILED",
    message: "the bridge was stopped",
  });
  const end = new AbortController();
  const running = runBackup(job, end.signal);
  end.abort();
  await expect(running).rejects.toThrow("the bridge was stopped");
  await expect(runBackup(job, new AbortController().signal)).rejects.toThrow("/nowhere");
});
