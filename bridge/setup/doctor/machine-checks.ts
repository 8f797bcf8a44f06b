// Checks of the machine: its clock, its limits, and the rights of the media workers. Pure.
import type { Config } from "#config";
import { clockFault, handleFault } from "../start-refusals.ts";
import { filesWarning } from "../start-warnings.ts";
import type { Facts, Finding } from "./types.ts";

/** The receive buffer that the SIP socket requests from the kernel. */
const wantedBufferBytes = 2 * 2 ** 20;

export function workersCheck({ running, workers }: Facts): Finding {
  const check = "workers";
  if (!running) return { check, verdict: "skip", detail: "known while Parley runs" };
  const ready = workers.filter((worker) => worker.ready).length;
  const detail = `${ready} of ${workers.length} media workers are up`;
  if (ready === workers.length && ready > 0) return { check, verdict: "pass", detail };
  return { check, verdict: "fail", detail, remedy: "the log says why: journalctl -u parley -o cat" };
}

export function clockCheck(config: Config, { machine, clockSynchronised }: Facts): Finding {
  const check = "clock";
  const fault = clockFault(config, machine);
  if (fault !== undefined) return { check, verdict: "fail", detail: fault };
  const shown = `it says ${new Date(machine.now).toISOString().slice(0, 19)}Z`;
  if (clockSynchronised === undefined) {
    return { check, verdict: "skip", detail: `${shown}; whether it is kept by NTP cannot be seen from here` };
  }
  if (clockSynchronised) return { check, verdict: "pass", detail: `${shown}, kept by NTP` };
  return {
    ...{ check, verdict: "warn", detail: `${shown}, and nothing keeps it right` },
    remedy: "timedatectl set-ntp true, or install chrony",
  };
}

export function filesCheck(config: Config, { machine }: Facts): Finding {
  const check = "files";
  const fault = handleFault(config, machine);
  if (fault !== undefined) return { check, verdict: "fail", detail: fault };
  const warning = filesWarning(config, machine);
  if (warning !== undefined) return { check, verdict: "warn", detail: warning };
  const { openFiles } = machine;
  return { check, verdict: "pass", detail: `a process may have ${openFiles ?? "any number of"} files open` };
}

export function realTimeCheck({ running, workers, realTimeLimit }: Facts): Finding {
  const check = "real-time";
  const remedy = "LimitRTPRIO=1 in the service, ulimit -r 1 in a shell, or --ulimit rtprio=1 for a container";
  const told = workers.flatMap(({ realTime }) => realTime ?? []);
  if (running && told.length > 0) {
    const granted = told.filter((one) => one).length;
    const detail = `${granted} of ${told.length} media workers mix with real-time priority`;
    if (granted === told.length) return { check, verdict: "pass", detail };
    return { check, verdict: "warn", detail: `${detail}: others' work may make sound stutter`, remedy };
  }
  if (realTimeLimit === undefined) return { check, verdict: "skip", detail: "not known here" };
  if (realTimeLimit > 0) return { check, verdict: "pass", detail: "real-time priority is granted" };
  return { check, verdict: "warn", detail: "this user gets no real-time priority for the mixing", remedy };
}

export function socketBuffersCheck({ receiveBufferLimit, droppedDatagrams }: Facts): Finding {
  const check = "socket-buffers";
  if (receiveBufferLimit === undefined || droppedDatagrams === undefined) {
    return { check, verdict: "skip", detail: "not known here" };
  }
  const detail = `a socket holds ${receiveBufferLimit} bytes at most (net.core.rmem_max); ${droppedDatagrams} datagrams were lost for want of room since the machine started`;
  if (droppedDatagrams === 0 || receiveBufferLimit >= wantedBufferBytes)
    return { check, verdict: "pass", detail };
  return {
    ...{ check, verdict: "warn", detail },
    remedy: `sysctl -w net.core.rmem_max=${wantedBufferBytes}, and the same in /etc/sysctl.d`,
  };
}
