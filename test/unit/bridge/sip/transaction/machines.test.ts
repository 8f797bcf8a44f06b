// Every arrow of the four figures, over unreliable and reliable transports, and the promise that whatever a
// figure does not draw changes nothing.
import { describe, expect, it } from "vitest";
import { startInviteClient, stepInviteClient } from "../../../../../bridge/sip/transaction/invite-client.ts";
import { startInviteServer, stepInviteServer } from "../../../../../bridge/sip/transaction/invite-server.ts";
import {
  startNonInviteClient,
  stepNonInviteClient,
} from "../../../../../bridge/sip/transaction/non-invite-client.ts";
import {
  startNonInviteServer,
  stepNonInviteServer,
} from "../../../../../bridge/sip/transaction/non-invite-server.ts";
import type {
  ClientEvent,
  ServerEvent,
  Step,
  TimerAction,
} from "../../../../../bridge/sip/transaction/step.ts";
import type { TimerName } from "../../../../../bridge/sip/transaction/timers.ts";

/** One arrow: in `state`, on `event` → `next`, doing `actions`. `over` narrows it to one kind of transport. */
type Arrow = readonly [state: string, event: string, next: string, actions: string, over?: "UDP" | "TCP"];

const timers: TimerName[] = [
  "A",
  "B",
  "D",
  "E",
  "F",
  "G",
  "H",
  "I",
  "J",
  "K",
  "L",
  "M",
  "trying",
  "cancelled",
];
const clientEvents = [
  "1xx",
  "2xx",
  "300-699",
  "transport-error",
  "give-up",
  ...timers.map((t) => `${t} 500`),
];
const serverEvents = [
  ...["request", "ack", "respond-1xx", "respond-2xx", "respond-300-699", "transport-error"],
  ...timers.map((timer) => `${timer} 500`),
];

/** `A 500` is timer A after 500 ms; everything else is the event's own word. */
function parseEvent<Event>(text: string): Event {
  const [word = "", ms] = text.split(" ");
  return (ms === undefined ? { on: word } : { on: "timer", timer: word, ms: Number(ms) }) as Event;
}

/** Actions as one line: `stop-timers, start D 32000, deliver-response`. */
function line(actions: readonly (string | TimerAction)[]): string {
  return actions
    .map((action) => (typeof action === "string" ? action : `start ${action.start} ${action.ms}`))
    .join(", ");
}

function suite<State extends string, Event>(
  step: (state: State, event: Event, reliable: boolean) => Step<State, string | TimerAction>,
  figure: { states: readonly State[]; events: readonly string[]; arrows: readonly Arrow[] },
) {
  describe.each(["UDP", "TCP"] as const)("over %s", (protocol) => {
    const arrows = figure.arrows.filter(([, , , , over]) => over === undefined || over === protocol);

    for (const [state, event, next, actions] of arrows) {
      it(`${state}, on ${event} → ${next}: ${actions}`, () => {
        const result = step(state as State, parseEvent(event), protocol === "TCP");
        expect({ state: result.state, actions: line(result.actions) }).toEqual({ state: next, actions });
      });
    }

    it("drops everything else", () => {
      for (const state of figure.states) {
        for (const event of figure.events) {
          if (arrows.some(([from, on]) => from === state && on === event)) continue;
          expect(step(state, parseEvent(event), protocol === "TCP"), `${state}, ${event}`).toEqual({
            state,
            actions: [],
          });
        }
      }
    });
  });
}

describe("INVITE client transaction (figure 5)", () => {
  it("starts by sending, with timers A and B over UDP and B alone over TCP", () => {
    expect(line(startInviteClient(false).actions)).toBe("send-request, start A 500, start B 32000");
    expect(line(startInviteClient(true).actions)).toBe("send-request, start B 32000");
    expect(startInviteClient(true).state).toBe("calling");
  });

  suite<ReturnType<typeof startInviteClient>["state"], ClientEvent>(stepInviteClient, {
    states: ["calling", "proceeding", "completed", "accepted", "terminated"],
    events: clientEvents,
    arrows: [
      ["calling", "A 500", "calling", "retransmit-request, start A 1000"],
      ["calling", "A 8000", "calling", "retransmit-request, start A 16000"],
      ["calling", "B 500", "terminated", "stop-timers, report-timeout"],
      ["calling", "transport-error", "terminated", "stop-timers, report-transport-error"],
      ["calling", "1xx", "proceeding", "stop-timers, deliver-response"],
      ["calling", "2xx", "accepted", "stop-timers, start M 32000, deliver-response"],
      ["calling", "300-699", "completed", "stop-timers, send-ack, start D 32000, deliver-response", "UDP"],
      ["calling", "300-699", "completed", "stop-timers, send-ack, start D 0, deliver-response", "TCP"],
      ["proceeding", "1xx", "proceeding", "deliver-response"],
      ["proceeding", "2xx", "accepted", "stop-timers, start M 32000, deliver-response"],
      ["proceeding", "300-699", "completed", "stop-timers, send-ack, start D 32000, deliver-response", "UDP"],
      ["proceeding", "300-699", "completed", "stop-timers, send-ack, start D 0, deliver-response", "TCP"],
      ["proceeding", "cancel", "proceeding", "send-cancel, start cancelled 32000"],
      ["proceeding", "transport-error", "terminated", "stop-timers, report-transport-error"],
      ["proceeding", "cancelled 500", "terminated", "stop-timers, report-timeout"],
      ["completed", "300-699", "completed", "send-ack"],
      ["completed", "transport-error", "terminated", "stop-timers, report-transport-error"],
      ["completed", "D 500", "terminated", "stop-timers"],
      ["accepted", "2xx", "accepted", "deliver-response"],
      ["accepted", "M 500", "terminated", "stop-timers"],
    ],
  });
});

describe("non-INVITE client transaction (figure 6)", () => {
  it("starts by sending, with timers E and F over UDP and F alone over TCP", () => {
    expect(line(startNonInviteClient(false).actions)).toBe("send-request, start E 500, start F 32000");
    expect(line(startNonInviteClient(true).actions)).toBe("send-request, start F 32000");
    expect(startNonInviteClient(true).state).toBe("trying");
  });

  suite<ReturnType<typeof startNonInviteClient>["state"], ClientEvent>(stepNonInviteClient, {
    states: ["trying", "proceeding", "completed", "terminated"],
    events: clientEvents,
    arrows: [
      ["trying", "E 500", "trying", "retransmit-request, start E 1000"],
      ["trying", "E 2000", "trying", "retransmit-request, start E 4000"],
      ["trying", "E 4000", "trying", "retransmit-request, start E 4000"],
      ["trying", "F 500", "terminated", "stop-timers, report-timeout"],
      ["trying", "transport-error", "terminated", "stop-timers, report-transport-error"],
      ["trying", "1xx", "proceeding", "deliver-response"],
      ["trying", "2xx", "completed", "stop-timers, start K 5000, deliver-response", "UDP"],
      ["trying", "2xx", "completed", "stop-timers, start K 0, deliver-response", "TCP"],
      ["trying", "300-699", "completed", "stop-timers, start K 5000, deliver-response", "UDP"],
      ["trying", "300-699", "completed", "stop-timers, start K 0, deliver-response", "TCP"],
      ["proceeding", "E 500", "proceeding", "retransmit-request, start E 4000"],
      ["proceeding", "F 500", "terminated", "stop-timers, report-timeout"],
      ["proceeding", "transport-error", "terminated", "stop-timers, report-transport-error"],
      ["proceeding", "1xx", "proceeding", "deliver-response"],
      ["proceeding", "2xx", "completed", "stop-timers, start K 5000, deliver-response", "UDP"],
      ["proceeding", "2xx", "completed", "stop-timers, start K 0, deliver-response", "TCP"],
      ["proceeding", "300-699", "completed", "stop-timers, start K 5000, deliver-response", "UDP"],
      ["proceeding", "300-699", "completed", "stop-timers, start K 0, deliver-response", "TCP"],
      ["completed", "K 500", "terminated", "stop-timers"],
    ],
  });
});

describe("INVITE server transaction (figure 7)", () => {
  it("starts by passing the INVITE on and giving its user 200 ms before the 100", () => {
    expect(line(startInviteServer().actions)).toBe("start trying 200, deliver-request");
    expect(startInviteServer().state).toBe("proceeding");
  });

  suite<ReturnType<typeof startInviteServer>["state"], ServerEvent>(stepInviteServer, {
    states: ["proceeding", "completed", "accepted", "confirmed", "terminated"],
    events: serverEvents,
    arrows: [
      ["proceeding", "request", "proceeding", "retransmit-response"],
      ["proceeding", "trying 500", "proceeding", "send-trying"],
      ["proceeding", "respond-1xx", "proceeding", "stop-timers, send-response"],
      ["proceeding", "respond-2xx", "accepted", "stop-timers, send-response, start L 32000"],
      [
        "proceeding",
        "respond-300-699",
        "completed",
        "stop-timers, send-response, start G 500, start H 32000",
        "UDP",
      ],
      ["proceeding", "respond-300-699", "completed", "stop-timers, send-response, start H 32000", "TCP"],
      ["proceeding", "transport-error", "proceeding", "report-transport-error"],
      ["completed", "request", "completed", "retransmit-response"],
      ["completed", "G 500", "completed", "retransmit-response, start G 1000"],
      ["completed", "G 4000", "completed", "retransmit-response, start G 4000"],
      ["completed", "H 500", "terminated", "stop-timers, report-unacknowledged"],
      ["completed", "ack", "confirmed", "stop-timers, start I 5000", "UDP"],
      ["completed", "ack", "confirmed", "stop-timers, start I 0", "TCP"],
      ["completed", "transport-error", "completed", "report-transport-error"],
      ["accepted", "respond-2xx", "accepted", "send-response"],
      ["accepted", "ack", "accepted", "deliver-ack"],
      ["accepted", "L 500", "terminated", "stop-timers"],
      ["accepted", "transport-error", "accepted", "report-transport-error"],
      ["confirmed", "I 500", "terminated", "stop-timers"],
    ],
  });
});

describe("non-INVITE server transaction (figure 8)", () => {
  it("starts by passing the request on, and forgets it when no client waits for an answer any more", () => {
    expect(line(startNonInviteServer().actions)).toBe("start F 32000, deliver-request");
    expect(startNonInviteServer().state).toBe("trying");
  });

  suite<ReturnType<typeof startNonInviteServer>["state"], ServerEvent>(stepNonInviteServer, {
    states: ["trying", "proceeding", "completed", "terminated"],
    events: serverEvents,
    arrows: [
      ["trying", "respond-1xx", "proceeding", "send-response"],
      ["trying", "respond-2xx", "completed", "stop-timers, send-response, start J 32000", "UDP"],
      ["trying", "respond-2xx", "completed", "stop-timers, send-response, start J 0", "TCP"],
      ["trying", "respond-300-699", "completed", "stop-timers, send-response, start J 32000", "UDP"],
      ["trying", "respond-300-699", "completed", "stop-timers, send-response, start J 0", "TCP"],
      ["trying", "F 500", "terminated", "stop-timers"],
      ["trying", "transport-error", "trying", "report-transport-error"],
      ["proceeding", "request", "proceeding", "retransmit-response"],
      ["proceeding", "respond-1xx", "proceeding", "send-response"],
      ["proceeding", "respond-2xx", "completed", "stop-timers, send-response, start J 32000", "UDP"],
      ["proceeding", "respond-2xx", "completed", "stop-timers, send-response, start J 0", "TCP"],
      ["proceeding", "respond-300-699", "completed", "stop-timers, send-response, start J 32000", "UDP"],
      ["proceeding", "respond-300-699", "completed", "stop-timers, send-response, start J 0", "TCP"],
      ["proceeding", "F 500", "terminated", "stop-timers"],
      ["proceeding", "transport-error", "proceeding", "report-transport-error"],
      ["completed", "request", "completed", "retransmit-response"],
      ["completed", "transport-error", "completed", "report-transport-error"],
      ["completed", "J 500", "terminated", "stop-timers"],
    ],
  });
});
