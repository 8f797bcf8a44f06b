// The C structures are where we say: by the rules of the two ABIs, and by what this machine's FFI library works out.
import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/support";
import { ArrivalClock } from "../../../../../media/rtp/sockets/arrival-clock.ts";
import {
  cmsghdr,
  epollEventLayout,
  epollEvents,
  iovec,
  maxSockaddrBytes,
  msghdr,
  sockaddrIn,
  sockaddrIn6,
  timespec,
} from "../../../../../media/rtp/sockets/layout.ts";
import { type Libc, loadLibc } from "../../../../../media/rtp/sockets/libc.ts";
import { Memory } from "../../../../../media/rtp/sockets/memory.ts";
import { AddressCodec } from "../../../../../media/rtp/sockets/socket-address.ts";

const libc = await loadLibc();
type Field = readonly [name: string, type: string, count?: number];

/** The members in the order of the headers. Both ABIs are LP64: a type is as wide on one as on the other. */
const structures: [string, Readonly<Record<string, number>>, readonly Field[]][] = [
  [
    "sockaddr_in",
    sockaddrIn,
    [
      ["family", "uint16"],
      ["port", "uint16"],
      ["address", "uint32"],
      ["", "uint8", 8],
    ],
  ],
  [
    "sockaddr_in6",
    sockaddrIn6,
    [
      ["family", "uint16"],
      ["port", "uint16"],
      ["flow", "uint32"],
      ["address", "uint8", 16],
      ["scope", "uint32"],
    ],
  ],
  [
    "msghdr",
    msghdr,
    [
      ["name", "uintptr_t"],
      ["nameLength", "uint32"],
      ["vector", "uintptr_t"],
      ["vectorLength", "size_t"],
      ["control", "uintptr_t"],
      ["controlLength", "size_t"],
      ["flags", "int32"],
    ],
  ],
  [
    "iovec",
    iovec,
    [
      ["base", "uintptr_t"],
      ["length", "size_t"],
    ],
  ],
  [
    "cmsghdr",
    cmsghdr,
    [
      ["length", "size_t"],
      ["level", "int32"],
      ["type", "int32"],
    ],
  ],
  [
    "timespec",
    timespec,
    [
      ["seconds", "long"],
      ["nanoseconds", "long"],
    ],
  ],
];
const widths: Readonly<Record<string, number>> = {
  uint8: 1,
  uint16: 2,
  uint32: 4,
  int32: 4,
  long: 8,
  size_t: 8,
  uintptr_t: 8,
};

function layOut(fields: readonly Field[]): Record<string, number> {
  const places: Record<string, number> = {};
  let [end, alignment] = [0, 1];
  for (const [name, type, count = 1] of fields) {
    const width = widths[type]!;
    const start = Math.ceil(end / width) * width;
    if (name !== "") places[name] = start;
    end = start + width * count;
    alignment = Math.max(alignment, width);
  }
  return { ...places, size: Math.ceil(end / alignment) * alignment };
}

describe("the layout of C structures", () => {
  it.each(structures)("%s is laid out by the rules of LP64", (_, layout, fields) => {
    expect(layout).toEqual(layOut(fields));
  });

  it.runIf(process.platform === "linux").each(structures)(
    "%s is laid out so here",
    (name, layout, fields) => {
      const members = fields.map(([member, type, count]) => [
        member || "padding",
        count ? koffi.array(type, count) : type,
      ]);
      const struct = koffi.struct(`test_${name}`, Object.fromEntries(members));

      expect(koffi.sizeof(struct)).toBe(layout["size"]);
      for (const [member] of fields) {
        if (member !== "") expect([member, koffi.offsetof(struct, member)]).toEqual([member, layout[member]]);
      }
    },
  );

  it("epoll_event is packed on x86-64 and aligned on arm64; other machines have none", () => {
    expect(epollEvents.arm64).toEqual({
      ...layOut([
        ["events", "uint32"],
        ["data", "size_t"],
      ]),
    });
    expect(epollEvents.x64).toEqual({ events: 0, data: widths["uint32"], size: 4 + 8 });
    expect(epollEventLayout({ platform: "linux", arch: "x64" })).toBe(epollEvents.x64);
    expect(epollEventLayout({ platform: "linux", arch: "arm64" })).toBe(epollEvents.arm64);
    expect(epollEventLayout({ platform: "linux", arch: "riscv64" })).toBeUndefined();
    expect(epollEventLayout({ platform: "darwin", arch: "arm64" })).toBeUndefined();
  });
});

describe("memory that the kernel is shown", () => {
  it("tells the address of every byte inside and of none outside", () => {
    const memory = new Memory(libc, 24);

    expect(memory.at(23) - memory.at(0)).toBe(23);
    expect(() => memory.at(24)).toThrow(RangeError);
    expect(() => memory.at(-1)).toThrow(RangeError);
  });

  it("is where it says", () => {
    const memory = new Memory(libc, 16);
    const address = new AddressCodec(libc);

    expect(libc.inet_pton(2, "192.0.2.7", memory.at(4))).toBe(1);

    expect([...memory.bytes.subarray(0, 8)]).toEqual([0, 0, 0, 0, 192, 0, 2, 7]);
    memory.view.setUint16(0, 2, true);
    expect(address.read(memory, 0)).toBe("192.0.2.7");
  });
});

describe("socket addresses", () => {
  const codec = new AddressCodec(libc);
  const memory = new Memory(libc, maxSockaddrBytes);

  it.each([
    [2, "203.0.113.9", "203.0.113.9"],
    [10, "2001:db8::1", "2001:db8::1"],
    [10, "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
    [10, "198.51.100.3", "198.51.100.3"],
    [10, "::ffff:198.51.100.3", "198.51.100.3"],
    [10, "fe80::1%lo", "fe80::1%lo"],
  ])("family %i writes %s and reads %s", (family, address, readBack) => {
    expect(codec.write(memory, family, 5004, address)).toBe(family === 2 ? 16 : 28);
    expect(codec.read(memory, 0)).toBe(readBack);
    expect(memory.view.getUint16(2)).toBe(5004);
  });

  it.each([
    [2, "::1", 5004],
    [2, "phone.example", 5004],
    [2, "", 5004],
    [10, "fe80::1%nowhere", 5004],
    [10, "::1", 65_536],
    [2, "127.0.0.1", 1.5],
  ])("family %i refuses %s:%d", (family, address, port) => {
    expect(codec.write(memory, family, port, address)).toBe(0);
  });
});

describe("arrival times", () => {
  /** A kernel whose wall clock the test sets, in whole seconds and nanoseconds. */
  function setUp() {
    const clock = new FakeClock();
    const wall = { seconds: 1_800_000_000, nanoseconds: 0 };
    const stamp = new Memory(libc, timespec.size);
    const writes = new Map<number, Memory>();
    const own: Libc = {
      ...libc,
      addressOf(buffer) {
        const address = libc.addressOf(buffer);
        const memory = { bytes: new Uint8Array(buffer), view: new DataView(buffer) } as Memory;
        writes.set(address, memory);
        return address;
      },
      clock_gettime(_, address) {
        write(writes.get(address)!, wall);
        return 0;
      },
    };
    const write = ({ view }: Memory, time: typeof wall): void => {
      view.setBigInt64(0, BigInt(time.seconds), true);
      view.setBigInt64(8, BigInt(time.nanoseconds), true);
    };
    const arrivals = new ArrivalClock(clock, own);
    const arrivedAt = (seconds: number, nanoseconds: number): number => {
      write(stamp, { seconds, nanoseconds });
      return arrivals.read(stamp, 0);
    };
    return { clock, wall, arrivals, arrivedAt };
  }

  it("lie as far before the poll as the stamp lies before the wall clock, across a second too", () => {
    const { clock, wall, arrivals, arrivedAt } = setUp();
    arrivals.begin();
    clock.advance(20);
    wall.nanoseconds = 2_000_000;
    arrivals.begin();
    const poll = clock.monotonic();

    expect(arrivedAt(wall.seconds, 1_500_000)).toBeCloseTo(poll - 0.5, 6);
    expect(arrivedAt(wall.seconds - 1, 990_000_000)).toBeCloseTo(poll - 12, 6);
  });

  it("are believed between the poll before and this one, wherever the wall clock was set to", () => {
    const { clock, wall, arrivals, arrivedAt } = setUp();
    arrivals.begin();
    const before = clock.monotonic();
    clock.advance(20);
    wall.nanoseconds = 20_000_000;
    arrivals.begin();

    expect(arrivedAt(wall.seconds + 3600, 0)).toBe(clock.monotonic());
    expect(arrivedAt(wall.seconds - 3600, 0)).toBe(before);
  });
});
