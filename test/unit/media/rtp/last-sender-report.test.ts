// What our report blocks say of the sender reports of their source.
import { expect, it } from "vitest";
import { emptyRtcpFindings, emptyRtcpReport, LastSenderReport } from "../../../../media/rtp/index.ts";

const figuresOf = (last: LastSenderReport, sourceSsrc: number | undefined, now: number) => {
  const report = { ...emptyRtcpReport(1, "us"), sourceSsrc };
  last.fill(report, now);
  return [report.lastSenderReport, report.delaySinceLastSenderReport];
};

it("a report block names the sender report of its source, and none of another", () => {
  const last = new LastSenderReport();
  expect(figuresOf(last, 7, 1000)).toEqual([0, 0]);
  expect(figuresOf(last, undefined, 1000)).toEqual([0, 0]);
  last.take({ ...emptyRtcpFindings(), senderSsrc: 7, senderNtp: 0x1234_5678 }, 1000);
  expect(figuresOf(last, 7, 1500)).toEqual([0x1234_5678, 32_768]);
  expect(figuresOf(last, 8, 1500)).toEqual([0, 0]);
  last.take({ ...emptyRtcpFindings(), senderSsrc: 8, senderNtp: 9 }, 2000);
  expect(figuresOf(last, 8, 2000)).toEqual([9, 0]);
  expect(figuresOf(last, 8, 2000 + 2 ** 31)).toEqual([9, 0xffff_ffff]);
});
