import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#common";
import { VideoProcess } from "../../../../../media/video/canvas/process-client.ts";
import type { ProcessHandle } from "../../../../../media/video/canvas/spawn.ts";
import {
  type Decoding,
  encodeHead,
  type FromProcess,
  type OutputFormat,
  type Scene,
  type ToProcess,
  WireReader,
} from "../../../../../media/video/process/index.ts";
import { FakeClock } from "../../../../support/fake-clock.ts";

const size = { width: 1280, height: 720, framerate: 15 };
const scene: Scene = { layout: 1, cells: [], title: "" };
const format: OutputFormat = {
  ...{ codec: "VP8", packetizationMode: 1, profileLevelId: "" },
  ...{ maxMacroblocks: 3600, maxMacroblocksPerSecond: 108_000, maxKbps: undefined },
  ...{ ...size, kbps: 1000 },
};
const picture = (key: boolean, length = 10) => ({ data: Buffer.alloc(length, 1), key, timestamp: 90 });

/** A process that notes what it is told and says what the test wants. */
class FakeProcess implements ProcessHandle {
  readonly pid = 4711;
  readonly told: ToProcess[] = [];
  readonly reader = new WireReader();
  killed = false;
  mark: Decoding | undefined;
  /** Nothing is read while it is set. */
  stuck = false;
  readonly stream: Duplex;
  readonly ended: Promise<string>;
  end!: (reason: string) => void;

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.stream = new Duplex({
      read() {},
      write: (chunk, _encoding, done) => {
        for (const { head } of this.reader.push(chunk)) this.told.push(head as ToProcess);
        if (!this.stuck) done();
      },
      final: (done) => {
        this.end("exited with code 0");
        done();
      },
    });
  }

  kinds(): string[] {
    return this.told.map(({ kind }) => kind).filter((kind) => kind !== "ping");
  }

  say(message: FromProcess | object, bytes = Buffer.alloc(0)): void {
    this.stream.push(Buffer.concat([encodeHead(message, bytes.length), bytes]));
  }

  decoding = (): Decoding | undefined => this.mark;

  kill(): void {
    this.killed = true;
    this.end("was killed by SIGKILL");
  }
}

function start() {
  const clock = new FakeClock();
  const processes: FakeProcess[] = [];
  const heard: unknown[][] = [];
  const client = new VideoProcess({
    clock,
    log: silentLogger,
    systemMonotonic: () => clock.monotonic(),
    spawn() {
      processes.push(new FakeProcess());
      return processes.at(-1) as FakeProcess;
    },
    listener: {
      onFrame: (output, frame) => heard.push(["frame", output, frame]),
      onKeyFrameNeeded: (source) => heard.push(["key", source]),
      onRefused: (source) => heard.push(["refused", source]),
      onLost: () => heard.push(["lost"]),
    },
  });
  const latest = () => processes.at(-1) as FakeProcess;
  return {
    ...{ clock, client, processes, heard, latest },
    async ready() {
      latest().say({ kind: "ready" });
      await clock.run(0);
    },
    /** Everything is open and the process runs. */
    async open() {
      client.openCanvas(1, size);
      client.openSource(2, "VP8", false);
      client.openOutput(3, 1, format);
      client.setScene(1, scene);
      await this.ready();
    },
  };
}

const opened = ["canvas.open", "canvas.scene", "source.open", "output.open"];
const counters = {
  ...{ skipped: 1, decoded: 2, decodeErrors: 3, passedOver: 4, encoded: 5 },
  ...{ decodeMs: 6.5, composeMs: 7.5, encodeMs: 8.5, cpuMs: 9.5 },
};

describe("the video process", () => {
  it("is started by the first canvas, and told everything once it is ready", async () => {
    const { client, processes, latest, ready } = start();
    client.openCanvas(1, size);
    client.openSource(2, "VP8", false);
    client.openOutput(3, 1, format);
    client.setScene(1, scene);
    expect(processes).toHaveLength(1);
    expect(latest().told).toEqual([]);
    await ready();

    expect(latest().kinds()).toEqual(opened);
    expect(latest().told[0]).toEqual({ kind: "canvas.open", canvas: 1, size });
  });

  it("is heard: pictures, requests for key frames", async () => {
    const test = start();
    await test.open();
    test
      .latest()
      .say({ kind: "frame", output: 3, key: true, timestamp: 77, capturedAt: 1.5 }, Buffer.from("abc"));
    test.latest().say({ kind: "source.key", source: 2 });
    test.latest().say({ kind: "pong", counters });
    await test.clock.run(0);

    expect(test.heard).toEqual([
      ["frame", 3, { data: Buffer.from("abc"), key: true, timestamp: 77, capturedAt: 1.5 }],
      ["key", 2],
    ]);
    expect(test.client.figures).toEqual({ ...counters, dropped: 0, deaths: 0 });
  });

  it("is not heard about what was closed", async () => {
    const test = start();
    await test.open();
    test.client.closeOutput(3);
    test.client.closeSource(2);
    test.latest().say({ kind: "frame", output: 3, key: true, timestamp: 0, capturedAt: 0 });
    test.latest().say({ kind: "source.key", source: 2 });
    await test.clock.run(0);

    expect(test.heard).toEqual([]);
    expect(test.latest().kinds().slice(4)).toEqual(["output.close", "source.close"]);
  });

  it("that dies is started at once and told everything again, as it is by then", async () => {
    const test = start();
    await test.open();
    test.latest().end("was killed by SIGKILL");
    await test.clock.run(1);
    expect(test.heard).toEqual([["lost"]]);
    expect(test.processes).toHaveLength(2);
    await test.ready();

    expect(test.latest().kinds()).toEqual(opened);
    expect(test.latest().told).toContainEqual({
      ...{ kind: "output.open", output: 3, canvas: 1 },
      format,
    });
    expect(test.client.figures.deaths).toBe(1);
  });

  it("that dies again and again is started more and more rarely", async () => {
    const test = start();
    await test.open();
    const starts: number[] = [];
    for (let count = 1; count < 8; count += 1) {
      test.latest().end("exited with code 1");
      while (test.processes.length === count) await test.clock.run(50);
      starts.push(test.clock.monotonic());
    }
    const waits = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));

    expect(waits).toEqual([250, 500, 1000, 2000, 5000, 5000]);
  });

  it("that lived for long is started at once when it dies", async () => {
    const test = start();
    await test.open();
    for (const count of [2, 3]) {
      for (let beat = 0; beat < 35; beat += 1) {
        await test.clock.run(1000);
        test.latest().say({ kind: "pong", counters });
      }
      test.latest().end("exited with code 1");
      await test.clock.run(1);
      expect(test.processes).toHaveLength(count);
      await test.ready();
    }
  });

  it("that does not answer is killed", async () => {
    const test = start();
    await test.open();
    test.latest().say({ kind: "pong", counters });
    await test.clock.run(4900);
    expect(test.latest().killed).toBe(false);
    await test.clock.run(1500);

    expect(test.processes[0]?.killed).toBe(true);
    expect(test.heard).toEqual([["lost"]]);
  });

  it("that does not get ready is killed", async () => {
    const test = start();
    test.client.openCanvas(1, size);
    await test.clock.run(60_001);

    expect(test.processes[0]?.killed).toBe(true);
  });

  it.each([
    ["what is not JSON", Buffer.from("0000000500037b7b7b", "hex")],
    ["a length beyond all bounds", Buffer.from("ffffffff", "hex")],
    ["an unknown kind", encodeHead({ kind: "surprise" })],
    ["a wrong type", encodeHead({ kind: "source.key", source: "2" })],
  ])("that says %s is killed and nothing else happens", async (_, bytes) => {
    const test = start();
    await test.open();
    test.latest().stream.push(bytes);
    await test.clock.run(1);

    expect(test.processes[0]?.killed).toBe(true);
    expect(test.heard).toEqual([["lost"]]);
  });

  it("that lags is sent no pictures until a key frame, which the source is asked for", async () => {
    const test = start();
    await test.open();
    test.latest().stuck = true;
    for (let count = 0; count < 30; count += 1) test.client.sendFrame(2, picture(count === 0, 100_000));
    const { dropped } = test.client.figures;
    expect(dropped).toBeGreaterThan(10);
    expect(test.heard).toEqual([["key", 2]]);
    await test.clock.run(600);
    test.client.sendFrame(2, picture(false));
    expect(test.heard).toEqual([
      ["key", 2],
      ["key", 2],
    ]);
    expect(test.client.figures.dropped).toBe(dropped + 1);
  });

  it("that is not there is sent no pictures, and no error comes of it", () => {
    const test = start();
    test.client.openCanvas(1, size);
    test.client.openSource(2, "VP8", false);
    test.client.sendFrame(2, picture(true));
    test.client.sendFrame(99, picture(true));

    expect(test.client.figures.dropped).toBe(1);
  });

  it("is ended when nothing has been open for half a minute, and started by the next canvas", async () => {
    const test = start();
    await test.open();
    test.client.closeOutput(3);
    test.client.closeSource(2);
    test.client.closeCanvas(1);
    for (let beat = 0; beat < 31; beat += 1) {
      await test.clock.run(1000);
      test.latest().say({ kind: "pong", counters });
    }
    expect(test.latest().stream.writableEnded).toBe(true);
    expect(test.heard).toEqual([]);

    test.client.openCanvas(5, size);
    expect(test.processes).toHaveLength(2);
    await test.ready();
    expect(test.latest().kinds()).toEqual(["canvas.open"]);
  });

  it("ends with its worker, for good", async () => {
    const test = start();
    await test.open();
    test.client.close();
    test.client.close();
    await test.clock.run(5000);
    test.client.openCanvas(9, size);

    expect(test.latest().stream.writableEnded).toBe(true);
    expect(test.processes).toHaveLength(1);
    expect(test.clock.pending).toBe(0);
  });
});

describe("a snapshot", () => {
  it("is there when the process says so", async () => {
    const test = start();
    await test.open();
    const written = test.client.snapshot(1, "/tmp/x.jpg");
    expect(test.latest().told.at(-1)).toEqual({ kind: "snapshot", id: 0, canvas: 1, path: "/tmp/x.jpg" });
    test.latest().say({ kind: "snapshot", id: 0 });

    await expect(written).resolves.toBeUndefined();
  });

  it.each([
    [
      "the process says so",
      (test: ReturnType<typeof start>) => test.latest().say({ kind: "snapshot", id: 0, error: "no" }),
    ],
    ["the process dies", (test: ReturnType<typeof start>) => test.latest().end("died")],
    ["nothing comes for five seconds", (test: ReturnType<typeof start>) => test.clock.advance(5001)],
  ])("is refused when %s", async (_, happen) => {
    const test = start();
    await test.open();
    const written = test.client.snapshot(1, "/tmp/x.jpg");
    happen(test);

    await expect(written).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("is refused while no process runs", async () => {
    await expect(start().client.snapshot(1, "/tmp/x.jpg")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

describe("a source of which the process dies", () => {
  const died = async (test: ReturnType<typeof start>, source: number, reason = "was killed by SIGSEGV") => {
    test.latest().mark = { source, since: test.clock.monotonic() };
    test.latest().end(reason);
    await test.clock.run(0);
    await test.clock.run(10_000);
    await test.ready();
  };
  const framesOf = ({ latest }: ReturnType<typeof start>) =>
    latest().told.flatMap((message) => (message.kind === "source.frame" ? [message.source] : []));

  it("is refused the second time, and others go on", async () => {
    const test = start();
    await test.open();
    test.client.openSource(4, "H264", false);
    await died(test, 4);
    test.client.sendFrame(4, picture(true));
    expect(framesOf(test)).toEqual([4]);
    await died(test, 4);
    for (const source of [4, 2]) test.client.sendFrame(source, picture(true));

    expect(framesOf(test)).toEqual([2]);
    expect(test.heard.filter(([what]) => what === "refused")).toEqual([["refused", 4]]);
  });

  it("is not refused when that was long ago, when it was another one, or when it has restarted", async () => {
    const test = start();
    await test.open();
    await died(test, 2);
    test.client.openSource(4, "H264", false);
    await died(test, 4);
    await test.clock.run(600_000);
    await died(test, 2);
    test.client.closeSource(2);
    test.client.openSource(2, "VP8", false);
    await died(test, 2);
    expect(test.heard.filter(([what]) => what === "refused")).toEqual([]);
  });

  it("is not refused when the process was merely slow, and is when it was kept by it", async () => {
    const test = start();
    await test.open();
    const stuck = async (forMs: number) => {
      // No beat is answered: it is killed after some seconds.
      const killed = test.latest();
      for (let waited = 0; !killed.killed && waited < 20_000; waited += 100) {
        killed.mark = { source: 2, since: test.clock.monotonic() - forMs };
        await test.clock.run(100);
      }
      expect(killed.killed).toBe(true);
      await test.clock.run(10_000);
      await test.ready();
    };
    for (const forMs of [100, 100, 5000]) await stuck(forMs);
    expect(test.heard.filter(([what]) => what === "refused")).toEqual([]);
    await stuck(5000);
    expect(test.heard.filter(([what]) => what === "refused")).toEqual([["refused", 2]]);
  });
});
