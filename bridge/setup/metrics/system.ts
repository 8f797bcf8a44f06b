// Metrics of the database, the disks, the mail server and the certificate.
import type { MailInvites } from "#services/mail-invites";
import type { Overload } from "#services/nodes";
import { diskSpace } from "../disk.ts";
import { byKey, type Meters, single } from "./meters.ts";

export interface SystemSources {
  readonly database: { readonly errors: number };
  /** Folders that grow, by name. */
  readonly folders: Readonly<Record<string, string>>;
  readonly invitations: Pick<MailInvites, "counters" | "waiting">;
  readonly overload: Pick<Overload, "snapshot">;
  readonly backups: {
    readonly status: {
      readonly lastGoodAt: number | undefined;
      readonly made: number;
      readonly failed: number;
    };
  };
  /** Undefined when the API speaks plain HTTP. */
  readonly certificate?:
    | { readonly current: { readonly notAfter: number }; readonly rejecting: boolean }
    | undefined;
}

export function measureSystem({ gauge, counter }: Meters, sources: SystemSources): void {
  const { database, backups, folders, invitations, overload, certificate } = sources;
  gauge("parley_overloaded", "1 while nothing new is begun, for want of processor time.", [], () =>
    single(Number(overload.snapshot().overloaded)),
  );
  gauge("parley_overloaded_workers", "Media workers on which nothing new is begun.", [], () =>
    single(overload.snapshot().overloadedWorkers.length),
  );
  gauge(
    "parley_control_cpu_ratio",
    "Processor time of signalling and API in the last second, of one core: 0 to 1.",
    [],
    () => single(overload.snapshot().controlCpu),
  );
  gauge(
    "parley_machine_cpu_ratio",
    "How busy all processors were in the last second, without work of low priority: 0 to 1.",
    [],
    () => single(overload.snapshot().machineCpu),
  );
  counter("parley_database_errors_total", "Queries that the database has refused.", [], () =>
    single(database.errors),
  );
  gauge(
    "parley_backup_last_success_timestamp_seconds",
    "When the newest automatic backup was made, in seconds since the Unix epoch.",
    [],
    () => {
      const { lastGoodAt } = backups.status;
      return lastGoodAt === undefined ? [] : single(lastGoodAt / 1000);
    },
  );
  counter("parley_backups_total", "Automatic backups, by what came of them.", ["outcome"], () => {
    const { made, failed } = backups.status;
    return byKey("outcome", { made, failed });
  });
  gauge("parley_mails_waiting", "Invitations that the mail server has not taken yet.", [], async () =>
    single(await invitations.waiting()),
  );
  counter(
    "parley_mails_total",
    "Attempts to send an invitation: sent, retried, or failed for good.",
    ["outcome"],
    () => byKey("outcome", invitations.counters),
  );
  gauge("parley_disk_free_bytes", "What is free on the disk of a folder.", ["folder"], async () =>
    (await diskSpace(folders)).map(({ folder, freeBytes }) => [{ folder }, freeBytes]),
  );
  gauge("parley_disk_size_bytes", "How large the disk of a folder is.", ["folder"], async () =>
    (await diskSpace(folders)).map(({ folder, sizeBytes }) => [{ folder }, sizeBytes]),
  );
  gauge(
    "parley_tls_certificate_expiry_timestamp_seconds",
    "When the certificate of the API expires, in seconds since the Unix epoch.",
    [],
    () => (certificate ? single(certificate.current.notAfter / 1000) : []),
  );
  gauge(
    "parley_tls_certificate_rejected",
    "1 while the certificate's files hold something that cannot be used and an earlier one stays in use.",
    [],
    () => (certificate ? single(Number(certificate.rejecting)) : []),
  );
}
