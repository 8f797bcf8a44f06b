import { expect, it } from "vitest";
import { readResponseTimes } from "../../bench/sipp-figures.ts";

const line = (second: number, direction: "S" | "R", [call, cseq, start]: readonly [string, string, string]) =>
  ["2026-11-29", "08:44:01.623030", second.toFixed(6), direction, call, `CSeq:${cseq}`, start].join("\t");

it("a response time lasts from the first INVITE to the first 200 of the call", () => {
  const log = [
    line(100, "S", ["1@a", "1 INVITE", "INVITE sip:7100@b SIP/2.0"]),
    line(100.0001, "R", ["1@a", "1 INVITE", "SIP/2.0 180 Ringing"]),
    line(100.5, "S", ["1@a", "1 INVITE", "INVITE sip:7100@b SIP/2.0"]),
    line(100.5005, "S", ["2@a", "1 INVITE", "INVITE sip:7101@b SIP/2.0"]),
    line(100.502, "R", ["2@a", "1 INVITE", "SIP/2.0 200 OK"]),
    line(100.503, "S", ["2@a", "1 ACK", "ACK sip:b SIP/2.0"]),
    line(100.504, "S", ["2@a", "2 BYE", "BYE sip:b SIP/2.0"]),
    line(100.505, "R", ["2@a", "2 BYE", "SIP/2.0 200 OK"]),
    line(100.6, "R", ["1@a", "1 INVITE", "SIP/2.0 200 OK"]),
    line(100.7, "R", ["1@a", "1 INVITE", "SIP/2.0 200 OK"]),
    line(101, "S", ["3@a", "1 OPTIONS", "OPTIONS sip:b SIP/2.0"]),
    line(101.0025, "R", ["3@a", "1 OPTIONS", "SIP/2.0 200 OK"]),
    "",
  ];
  const times = readResponseTimes(log.join("\n"));
  expect(times.map((ms) => Number(ms.toFixed(3)))).toEqual([1.5, 600, 2.5]);
});
