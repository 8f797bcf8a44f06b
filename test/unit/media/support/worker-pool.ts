// A pool of workers whose processes live in memory, again for each test of a file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { type LegId, silentLogger } from "#common";
import { createLeg, type MediaLeg, type MediaWorkers, startMediaWorkers } from "#media/client";
import { FakeClock, settle } from "#test/support";
import { FakeHost, offerText } from "./fakes.ts";

export const addresses = { bindAddress: "127.0.0.1", advertisedAddress: "127.0.0.1" };

/** Lets both ends of the in-memory stream have their turns. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

/** What a leg tells. */
export function follow(leg: MediaLeg): unknown[] {
  const events: unknown[] = [];
  for (const name of ["dtmf", "talking", "inbound", "silent", "latched", "lost"] as const) {
    leg.events.on(name, (payload) => events.push({ [name]: payload }));
  }
  return events;
}

class PoolInMemory {
  clock = new FakeClock();
  host = new FakeHost(this.clock);
  directory = "";
  #pool: MediaWorkers | undefined;

  begin(): void {
    this.clock = new FakeClock();
    this.host = new FakeHost(this.clock);
    this.directory = mkdtempSync(join(tmpdir(), "parley-client-"));
  }

  async end(): Promise<void> {
    await this.#pool?.close();
    this.#pool = undefined;
    expect(this.clock.pending).toBe(0);
    rmSync(this.directory, { recursive: true });
  }

  start(workers = 1, log = silentLogger, watchdogMs = 5000): Promise<MediaWorkers> {
    return startMediaWorkers({
      ...{ clock: this.clock, host: this.host, log, workers, limits: { watchdogMs } },
      rtp: { portMin: 20_000, portMax: 20_999 },
      runtimeDirectory: this.directory,
      logLevel: "silent",
    });
  }

  async up(workers = 1, log = silentLogger, watchdogMs = 5000) {
    const pool = await this.start(workers, log, watchdogMs);
    this.#pool = pool;
    const heard: string[] = [];
    pool.events.on("up", ({ worker }) => heard.push(`up ${worker.index}`));
    pool.events.on("down", ({ worker, reason }) => heard.push(`down ${worker.index}: ${reason}`));
    return { pool, worker: pool.workers[0]!, heard };
  }

  async upWithLeg(id = "a") {
    const on = await this.up();
    const { leg, sdp } = await createLeg(on.worker, { id: id as LegId, offer: offerText(), ...addresses });
    return { ...on, leg, sdp };
  }

  /** No process comes up any more: what dies now is not recovered. */
  async dieForGood(): Promise<void> {
    this.host.behaviour = "wrong settings";
    this.host.last.end(1, "exited with code 1");
    await turns();
    this.host.behaviour = "well";
  }
}

export function usePool(): PoolInMemory {
  const on = new PoolInMemory();
  beforeEach(() => on.begin());
  afterEach(() => on.end());
  return on;
}
