// Several telephones of one account ring at the same time: who answers first is connected, the others stop.
import { beforeEach, describe, expect, it } from "vitest";
import { FakeCaller, settle } from "#test/support";
import { type NotAnswered, OutgoingLine } from "../../../../../bridge/conference/calls/outgoing-line.ts";

const target = (number: number) => ({ to: `sip:${number}@phone`, from: { uri: "sip:8000@here" } });

let sip: FakeCaller;
let line: OutgoingLine;
beforeEach(() => {
  sip = new FakeCaller();
  line = new OutgoingLine({
    sip,
    targets: [target(1), target(2), target(3)],
    parallel: true,
    ringSeconds: 45,
  });
});

const cancelled = () => sip.attempts.map(({ cancelled }) => cancelled?.text);

describe("telephones that ring together", () => {
  it("are all called with one offer, and those that have not answered stop ringing", async () => {
    const statuses: number[] = [];
    line.events.on("progress", ({ status }) => void statuses.push(status));
    const accepted = line.accept("our offer");
    expect(sip.attempts.map(({ options }) => [options.to, options.offer])).toEqual([
      ["sip:1@phone", "our offer"],
      ["sip:2@phone", "our offer"],
      ["sip:3@phone", "our offer"],
    ]);
    sip.attempts[0]!.ring();
    sip.attempts[1]!.answer();

    expect(await accepted).toBe(sip.attempts[1]!.session);
    expect(statuses).toEqual([180]);
    expect(cancelled()).toEqual(["Call completed elsewhere", undefined, "Call completed elsewhere"]);
  });

  it("that answer at the same moment: the second is hung up on", async () => {
    const accepted = line.accept("our offer");
    sip.attempts[2]!.answer();
    sip.attempts[0]!.answer();

    const session = await accepted;
    await settle();
    const ended = sip.attempts.map((attempt) => attempt.session.ended);
    expect(ended.filter((over) => over)).toHaveLength(1);
    expect(sip.attempts.find((attempt) => attempt.session === session)?.session.ended).toBe(false);
  });

  it("refuse: what a person has said counts before what a machine has", async () => {
    const accepted = line.accept("our offer").catch((error: NotAnswered) => error.cause);
    sip.attempts[0]!.refuse(503, "Service Unavailable");
    sip.attempts[1]!.refuse(480, "Temporarily Unavailable");
    sip.attempts[2]!.refuse(486, "Busy Here");

    expect(await accepted).toMatchObject({ status: 486 });
  });

  it("all stop when one declines for all", async () => {
    const accepted = line.accept("our offer").catch((error: NotAnswered) => error.cause);
    sip.attempts[1]!.refuse(603, "Decline");

    expect(await accepted).toMatchObject({ status: 603 });
    expect(cancelled()).toEqual(["Decline", undefined, "Decline"]);
  });

  it("all stop when the call is given up", async () => {
    const accepted = line.accept("our offer").catch((error: NotAnswered) => error.cause);
    line.reject({ status: 487, text: "Not wanted any more" });

    expect(await accepted).toMatchObject({ status: 487, by: "local" });
    expect(cancelled()).toEqual(Array(3).fill("Not wanted any more"));
  });
});
