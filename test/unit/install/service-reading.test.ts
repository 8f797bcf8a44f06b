import { describe, expect, it } from "vitest";
import { callsIn, environmentOf, listeningInodes, localAddress } from "../../../install/service-reading.ts";

const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:22B7 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 61234 1 0000000000000000 100 0 0 10 0
   1: 0100007F:22B7 0100007F:D431 01 00000000:00000000 00:00000000 00000000   999        0 61299 1 0000000000000000 20 4 30 10 -1
   2: 00000000:13C4 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 61240 1 0000000000000000 100 0 0 10 0
`;
const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:22B7 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77001 1 0000000000000000 100 0 0 10 0
`;

describe("sockets that listen on a port", () => {
  it("are found by their inodes, connections on the port are not", () => {
    expect(listeningInodes(tcp, 8887)).toEqual(["61234"]);
    expect(listeningInodes(tcp6, 8887)).toEqual(["77001"]);
  });

  it("of other ports are not meant", () => {
    expect(listeningInodes(tcp, 22)).toEqual([]);
    expect(listeningInodes("", 8887)).toEqual([]);
  });
});

describe("a process's environment", () => {
  it("is read for Parley's keys, with everything behind the first =", () => {
    const text = "PATH=/bin\0PARLEY_SIP_PORT=5070\0PARLEY_NODE_PUBLIC_IPV4=10.0.0.1=203.0.113.7\0";
    expect(environmentOf(text)).toEqual({
      PARLEY_SIP_PORT: "5070",
      PARLEY_NODE_PUBLIC_IPV4: "10.0.0.1=203.0.113.7",
    });
  });
});

describe("an address to listen on", () => {
  it.each([
    ["0.0.0.0", "127.0.0.1"],
    ["::", "::1"],
    ["192.168.1.5", "192.168.1.5"],
  ])("%s is reached at %s", (address, reached) => {
    expect(localAddress(address)).toBe(reached);
  });
});

describe("the number of calls", () => {
  it("is read from the metrics", () => {
    expect(callsIn("# TYPE parley_calls gauge\nparley_calls 12\nparley_calls_ended_total 99\n")).toBe(12);
  });

  it("is unknown where they do not say it", () => {
    expect(callsIn("parley_calls_ended_total 99\n")).toBeUndefined();
  });
});
