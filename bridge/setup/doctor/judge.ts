// All findings from the facts. Pure.
import type { Config } from "#config";
import { nameFault, ownerFault } from "../start-refusals.ts";
import { configWarnings, nameWarning } from "../start-warnings.ts";
import { clockCheck, filesCheck, realTimeCheck, socketBuffersCheck, workersCheck } from "./machine-checks.ts";
import { iceServersCheck, natCheck } from "./nat-checks.ts";
import {
  addressesCheck,
  certificateCheck,
  mediaPortsCheck,
  portsCheck,
  trunksCheck,
} from "./network-checks.ts";
import { backupCheck, databaseCheck, disksCheck, fontsCheck, voicesCheck } from "./storage-checks.ts";
import type { Facts, Finding } from "./types.ts";

/** One of each check, in the order in which they are shown. */
export function judge(config: Config, facts: Facts): readonly Finding[] {
  return [
    configurationCheck(config, facts),
    portsCheck(facts),
    mediaPortsCheck(config, facts),
    addressesCheck(config, facts),
    natCheck(facts),
    iceServersCheck(facts),
    trunksCheck(config, facts),
    certificateCheck(facts),
    databaseCheck(facts),
    backupCheck(config, facts),
    disksCheck(facts),
    voicesCheck(config, facts),
    fontsCheck(config, facts),
    workersCheck(facts),
    clockCheck(config, facts),
    filesCheck(config, facts),
    realTimeCheck(facts),
    socketBuffersCheck(facts),
  ];
}

function configurationCheck(config: Config, { machine }: Facts): Finding {
  const check = "configuration";
  const fault = ownerFault(config, machine) ?? nameFault(config, machine);
  if (fault !== undefined) return { check, verdict: "fail", detail: fault };
  const warning = configWarnings(config)[0] ?? nameWarning(config, machine);
  if (warning !== undefined) return { check, verdict: "warn", detail: warning };
  return { check, verdict: "pass", detail: "it can be used on this machine" };
}
