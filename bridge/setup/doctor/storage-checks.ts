// Checks of the database, its backups, the disks and the files that are played and drawn. Pure.
import type { Config } from "#config";
import { minFreeBytes } from "../disk.ts";
import { promptFault } from "../start-refusals.ts";
import { voiceWarning } from "../start-warnings.ts";
import type { DiskFact, Facts, Finding } from "./types.ts";

const dayMs = 86_400_000;
/** Shares and milliseconds at which a disk deserves attention. */
const scarceShare = 0.05;
const slowMs = 500;
const verySlowMs = 3000;

export function databaseCheck({ database, backups }: Facts): Finding {
  const check = "database";
  const restore = `parley restore FILE, with a backup of ${backups.folder}`;
  switch (database.outcome) {
    case "missing":
      return { check, verdict: "skip", detail: "there is none yet: the first start makes it" };
    case "whole":
      return { check, verdict: "pass", detail: "looked through, and whole" };
    case "unfinished":
      return {
        check,
        verdict: "warn",
        detail: "too large to be looked through now; its daily backup looks it through",
      };
    case "damaged":
      return { check, verdict: "fail", detail: `it is damaged: ${database.detail}`, remedy: restore };
    case "failed":
      return {
        check,
        verdict: "fail",
        detail: database.detail,
        remedy: `mend that; where it is damaged: ${restore}`,
      };
  }
}

export function backupCheck({ backup }: Config, { backups, machine: { now } }: Facts): Finding {
  const check = "backup";
  const { folder, lastGoodAt, lastFailure, databaseSince } = backups;
  if (backup.keep_days === 0) {
    return {
      ...{ check, verdict: "warn", detail: "Parley makes none by itself" },
      remedy: "set backup.keep_days, or see to it that parley backup is run",
    };
  }
  const last =
    lastGoodAt === undefined ? "there is none yet" : `the last is of ${new Date(lastGoodAt).toISOString()}`;
  if (lastFailure !== undefined && lastFailure.at > (lastGoodAt ?? 0)) {
    return {
      ...{ check, verdict: "fail", detail: `the last one failed: ${lastFailure.reason}; ${last}` },
      remedy: "mend that: it is tried again within an hour",
    };
  }
  const isOld = (lastGoodAt ?? databaseSince ?? now) < now - 2 * dayMs;
  if (!isOld) return { check, verdict: "pass", detail: `${last}, in ${folder}` };
  return {
    check,
    verdict: "warn",
    detail: `${last}, in ${folder}`,
    remedy: "let Parley run: it makes one a day",
  };
}

export function disksCheck({ disks }: Facts): Finding {
  const findings = disks.map(diskCheck);
  const worst = (["fail", "warn"] as const)
    .map((verdict) => findings.find((finding) => finding.verdict === verdict))
    .find((finding) => finding !== undefined);
  return worst ?? { check: "disk", verdict: "pass", detail: findings.map(({ detail }) => detail).join("; ") };
}

function diskCheck({ name, path, freeBytes, sizeBytes, problem, writeMs }: DiskFact): Finding {
  const check = "disk";
  const where = `${name} (${path})`;
  if (problem !== undefined) {
    return {
      ...{ check, verdict: "fail", detail: `${where} cannot be written: ${problem}` },
      remedy: "look at its owner and mode, and at the mount",
    };
  }
  const free = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  const took = writeMs === undefined ? "" : `, 1 MiB written in ${Math.round(writeMs)} ms`;
  if (freeBytes < minFreeBytes) {
    return { check, verdict: "fail", detail: `${where} is full`, remedy: "make room on it" };
  }
  if (writeMs !== undefined && writeMs >= slowMs) {
    return {
      ...{
        check,
        verdict: writeMs >= verySlowMs ? "fail" : "warn",
        detail: `${where} is slow: ${free}${took}`,
      },
      remedy: "calls go on, but each change waits for it: look at the disk, and at what else uses it",
    };
  }
  if (freeBytes < sizeBytes * scarceShare) {
    return { check, verdict: "warn", detail: `${where}: ${free}`, remedy: "make room on it" };
  }
  return { check, verdict: "pass", detail: `${where}: ${free}${took}` };
}

export function voicesCheck(config: Config, { machine }: Facts): Finding {
  const check = "voices";
  const fault = promptFault(config, machine);
  if (fault !== undefined) return { check, verdict: "fail", detail: fault };
  const warning = voiceWarning(config, machine);
  if (warning !== undefined) return { check, verdict: "warn", detail: warning };
  return { check, verdict: "pass", detail: `${machine.languages} languages in ${config.prompts.path}` };
}

export function fontsCheck({ video }: Config, { fonts }: Facts): Finding {
  const check = "fonts";
  if (!video.enabled) return { check, verdict: "skip", detail: "video.enabled is false" };
  if (fonts > 0)
    return { check, verdict: "pass", detail: `${fonts} files with fonts for the names in pictures` };
  return {
    ...{ check, verdict: "warn", detail: "no font was found: pictures have no names" },
    remedy: "apt install fonts-dejavu-core fonts-noto-core",
  };
}
