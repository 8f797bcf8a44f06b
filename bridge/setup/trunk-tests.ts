// Test calls over trunks: on the worker with the fewest legs, within what dialling out may do.
import { type Clock, type Logger, ParleyError } from "#common";
import { type DialBudget, TrunkTester } from "#conference/dial-out";
import type { Config } from "#config";
import { createLeg, type MediaWorkers } from "#media/client";
import type { TrunkDirectory } from "#services/trunks";
import { createSrtpTerms } from "./media-encryption.ts";
import type { SipSetup } from "./sip-setup.ts";

export interface TrunkTestParts {
  readonly config: Config;
  readonly sipSetup: Pick<SipSetup, "sip" | "trunks" | "trunkList" | "transport"> & {
    readonly directory: Pick<TrunkDirectory, "trunkOf">;
  };
  readonly budget: DialBudget;
  readonly workers: Pick<MediaWorkers, "workers">;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createTrunkTester({
  config,
  sipSetup,
  budget,
  workers,
  clock,
  log,
}: TrunkTestParts): TrunkTester {
  const { sip, trunks, trunkList, transport, directory } = sipSetup;
  const srtp = createSrtpTerms(config, directory);
  const legFactoryOf = ({ health }: (typeof workers.workers)[number]) => health?.legs ?? 0;
  return new TrunkTester({
    ...{ clock, log, sip, capacity: sip, trunks, settings: trunkList, budget },
    async createLeg(options) {
      const ready = workers.workers.filter(({ state }) => state === "ready");
      const [worker] = ready.sort((a, b) => legFactoryOf(a) - legFactoryOf(b));
      if (!worker) throw new ParleyError("WORKER_DOWN", "no media worker is ready");
      return createLeg(worker, options);
    },
    mediaAddress: (flow) => ({ bind: flow.local.address, advertised: transport.advertised(flow).address }),
    srtpOf: (route, flow) => srtp.ofTarget(route, flow),
  });
}
