// A meeting with a simulated browser and a simulated bridge: what leaves the machine, whatever becomes of the call.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RosterEntry } from "../../../../../../api/join/schemas.ts";
import { JoinRefused } from "../../../../../../api/web/src/session/join-api.ts";

/** What the tests look at. Its own types are a browser's, and are checked with the page. */
interface SessionUnderTest {
  readonly stage: { readonly value: { readonly name: string; readonly problem?: string } };
  readonly muted: { readonly value: boolean };
  readonly isHost: { readonly value: boolean };
  readonly isLeading: { readonly value: boolean };
  readonly isListening: { readonly value: boolean };
  readonly refusal: { readonly value: string | undefined };
  readonly sound: {
    readonly microphone: { readonly value: FakeStream | undefined };
    readonly problem: { readonly value: string | undefined };
    readonly isSilenced: { readonly value: boolean };
    choose(kind: "audioinput" | "audiooutput", id: string): Promise<void>;
    openMicrophone(): Promise<boolean>;
  };
  open(): Promise<void>;
  join(name: string): Promise<void>;
  leave(): Promise<void>;
  toggleMute(): Promise<void>;
}

interface CallOptions {
  readonly microphone: FakeStream | undefined;
  readonly replaces?: string;
  readonly onEnd: (end: "lost") => void;
}

const session = "../../../../../../api/web/src/session";
const { MeetingSession } = (await import(`${session}/meeting-session.ts`)) as {
  readonly MeetingSession: new (makeCall: (options: CallOptions) => FakeCall) => SessionUnderTest;
};

class FakeTrack extends EventTarget {
  readonly kind = "audio";
  muted = false;

  stop() {}
}

class FakeStream {
  readonly track = new FakeTrack();

  getTracks() {
    return [this.track];
  }

  /** By the system, or heard again. */
  silence(muted: boolean) {
    this.track.muted = muted;
    this.track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }

  async unplug() {
    this.track.dispatchEvent(new Event("ended"));
    await settle();
  }
}

class FakeCall {
  readonly options: CallOptions;
  readonly callId: string;
  /** What `start` and `resume` wait for. */
  readonly up: Promise<void>;
  muted: boolean | undefined;
  /** Whether the microphone was heard at any time. */
  wasOpen = false;
  isLeft = false;
  microphone: FakeStream | undefined;
  /** How often a microphone was offered that came into a call without one. */
  offers = 0;

  constructor(options: CallOptions, { callId, up }: { readonly callId: string; readonly up: Promise<void> }) {
    this.options = options;
    this.callId = callId;
    this.up = up;
  }

  get replaces() {
    return this.callId;
  }

  mute(muted: boolean) {
    this.muted = muted;
    this.wasOpen ||= !muted;
  }

  async replaceMicrophone(microphone: FakeStream) {
    this.microphone = microphone;
  }

  async offerMicrophone() {
    if (this.options.microphone === undefined && this.microphone !== undefined) this.offers += 1;
  }

  start = () => this.up;
  resume = () => Promise.reject(new JoinRefused("placeGone"));
  throwIfOver() {}
  async discard() {}
  async leave() {
    this.isLeft = true;
  }
  async followRights() {}
}

const joinSession = {
  room: { id: "r-1", entry: "open", picture: null },
  participant: { display_name: "", role: "participant", permissions: {} },
  ...{ sip: {}, ice_servers: [], expires_in: 3600 },
};

const entry = (id: string, reasons: readonly string[] = []): RosterEntry => ({
  ...{ id, display_name: "Ann", role: "participant", chairman: false, talking: false, held: false },
  ...{ muted: reasons.length > 0, mute_reasons: [...reasons], hand_raised: false, position: null },
});

/** As much of a bridge as the page asks. */
class Bridge {
  isReachable = true;
  refusal: string | undefined;
  readonly asked: string[] = [];
  #roster: ReadableStreamDefaultController<Uint8Array> | undefined;

  readonly fetch = async (url: string, { method, body, signal }: RequestInit): Promise<Response> => {
    if (!this.isReachable) throw new TypeError("no network");
    if (url === "/api/join/roster?chat=true") return new Response(this.#follow(signal!));
    if (method === "GET") return Response.json(joinSession);
    this.asked.push(`${url} ${body}`);
    return this.refusal === undefined
      ? Response.json({})
      : Response.json({ code: this.refusal }, { status: 403 });
  };

  #follow(signal: AbortSignal): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        this.#roster = controller;
        signal.addEventListener("abort", () => controller.error(signal.reason));
      },
    });
  }

  /** A line of the roster; undefined: without the page's participant. */
  async tell(me: RosterEntry | undefined): Promise<void> {
    const line = { participants: me === undefined ? [] : [me], you: me?.id ?? null, permissions: null };
    this.#roster!.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    await settle();
  }
}

/** The browser's microphones, as it is asked for them. */
class Microphones extends EventTarget {
  readonly asked: unknown[] = [];
  readonly opened: FakeStream[] = [];
  refusal: string | undefined;
  /** The browser asks the person, and waits. */
  answer: Promise<void> = Promise.resolve();

  async getUserMedia({ audio }: { readonly audio: { readonly deviceId?: { readonly ideal: string } } }) {
    this.asked.push(audio.deviceId?.ideal ?? "");
    await this.answer;
    if (this.refusal !== undefined) throw new DOMException("", this.refusal);
    const stream = new FakeStream();
    this.opened.push(stream);
    return stream;
  }

  async plugIn() {
    this.refusal = undefined;
    this.dispatchEvent(new Event("devicechange"));
    await settle();
  }

  /** Ids of the loudspeakers that there are. */
  speakers: string[] = [];

  async enumerateDevices() {
    return this.speakers.map((deviceId) => ({ kind: "audiooutput", deviceId, label: deviceId }));
  }
}

/** Until what has happened has had its effects. */
async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await new Promise((resolve) => setImmediate(resolve));
}

let bridge: Bridge;
let microphones: Microphones;
let calls: FakeCall[];
/** What the next calls wait for before they are up. */
let up: Promise<void>;
let stored: Map<string, string>;
/** The loudspeaker that plays the call. */
let output: string;
/** The window. */
let page: EventTarget;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
  });
  bridge = new Bridge();
  microphones = new Microphones();
  calls = [];
  up = Promise.resolve();
  stored = new Map();
  output = "";
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
  vi.stubGlobal("fetch", bridge.fetch);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("RTCPeerConnection", class {});
  vi.stubGlobal("location", { hash: "#token", search: "" });
  vi.stubGlobal("navigator", { mediaDevices: microphones });
  const FakeAudio = class extends EventTarget {
    async setSinkId(id: string) {
      output = id;
    }
  };
  vi.stubGlobal("Audio", FakeAudio);
  vi.stubGlobal("document", { visibilityState: "visible" });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const makeCall = (options: CallOptions): FakeCall => {
  const call = new FakeCall(options, { callId: `call-${calls.length + 1}`, up });
  calls.push(call);
  return call;
};

async function inTheLobby(): Promise<SessionUnderTest> {
  const meeting = new MeetingSession(makeCall);
  await meeting.open();
  expect(meeting.stage.value.name).toBe("lobby");
  return meeting;
}

/** A meeting in the room, as the participant `me`. */
async function inTheRoom(me: RosterEntry | undefined = entry("p-1")): Promise<SessionUnderTest> {
  const meeting = await inTheLobby();
  await meeting.join("Ann");
  await settle();
  await bridge.tell(me);
  expect(meeting.stage.value.name).toBe("room");
  return meeting;
}

/** The call is lost, and the bridge has given up its place: the page dials another one. */
async function loseTheCall(): Promise<void> {
  calls.at(-1)!.options.onEnd("lost");
  await vi.advanceTimersByTimeAsync(500);
  await settle();
}

describe("an outage after which the place is gone", () => {
  it("leaves a person muted who was, and tells the bridge", async () => {
    const meeting = await inTheRoom(entry("p-1", ["self"]));
    await loseTheCall();
    expect([calls.length, meeting.stage.value.name]).toEqual([2, "room"]);
    expect(calls[1]?.options.replaces).toBeUndefined();
    await bridge.tell(undefined);
    await bridge.tell(entry("p-2"));
    expect(bridge.asked).toEqual(['/api/join/self/mute {"on":true}']);
    await bridge.tell(entry("p-2", ["self"]));
    expect([meeting.muted.value, calls[1]?.wasOpen]).toEqual([true, false]);
  });

  it("leaves them muted when the roster has shown before that they are gone", async () => {
    await inTheRoom(entry("p-1", ["self"]));
    await bridge.tell(undefined);
    await loseTheCall();
    await bridge.tell(entry("p-2"));
    expect([calls.length, calls[1]?.wasOpen]).toEqual([2, false]);
  });

  it("leaves them heard who were", async () => {
    const meeting = await inTheRoom();
    await loseTheCall();
    await bridge.tell(entry("p-2"));
    expect([meeting.muted.value, calls[1]?.muted, bridge.asked]).toEqual([false, false, []]);
  });
});

describe("a page that is closed or reloaded", () => {
  const closePage = () => page.dispatchEvent(new Event("pagehide"));

  it("hangs up at once, and shows that when it is looked at again", async () => {
    const meeting = await inTheRoom();
    closePage();
    expect([calls[0]?.isLeft, meeting.stage.value]).toEqual([true, { name: "over", end: "left" }]);
  });

  it("hangs up while its call is set up or lost", async () => {
    up = new Promise(() => {});
    void (await inTheLobby()).join("Ann");
    await settle();
    closePage();
    up = Promise.resolve();
    await inTheRoom();
    calls[1]!.options.onEnd("lost");
    closePage();
    expect(calls.map(({ isLeft }) => isLeft)).toEqual([true, true]);
  });

  it("before the call stays as it is", async () => {
    const meeting = await inTheLobby();
    closePage();
    expect(meeting.stage.value).toEqual({ name: "lobby" });
  });
});

describe("the buttons of hosts", () => {
  it("are the chairman's, too, as long as they have the chair", async () => {
    const meeting = await inTheRoom();
    const shown = () => [meeting.isHost.value, meeting.isLeading.value];
    expect(shown()).toEqual([false, false]);
    await bridge.tell({ ...entry("p-1"), chairman: true });
    expect(shown()).toEqual([false, true]);
    await bridge.tell({ ...entry("p-1"), role: "host" });
    expect(shown()).toEqual([true, true]);
  });
});

describe("Mute", () => {
  it("closes the microphone at once", async () => {
    const meeting = await inTheRoom();
    const pressed = meeting.toggleMute();
    expect([meeting.muted.value, calls[0]?.muted]).toEqual([true, true]);
    await pressed;
    await bridge.tell(entry("p-1", ["self"]));
    await meeting.toggleMute();
    expect(calls[0]?.muted).toBe(true);
    await bridge.tell(entry("p-1"));
    expect([calls[0]?.muted, bridge.asked.length]).toEqual([false, 2]);
  });

  it("closes the microphone while the bridge cannot be asked, and is asked for after the outage", async () => {
    const meeting = await inTheRoom();
    bridge.isReachable = false;
    await meeting.toggleMute();
    expect([calls[0]?.muted, meeting.refusal.value]).toEqual([true, undefined]);
    bridge.isReachable = true;
    await loseTheCall();
    await vi.advanceTimersByTimeAsync(2_000);
    await bridge.tell(entry("p-2"));
    expect([calls[1]?.wasOpen, bridge.asked]).toEqual([false, ['/api/join/self/mute {"on":true}']]);
  });

  it("is taken back when the bridge refuses, and the page says so", async () => {
    const meeting = await inTheRoom();
    bridge.refusal = "PERMISSION_DENIED";
    await meeting.toggleMute();
    expect([calls[0]?.muted, meeting.refusal.value]).toEqual([false, "notAllowed"]);
  });

  it("counts for the call that is being set up", async () => {
    const meeting = await inTheRoom();
    const answer = Promise.withResolvers<void>();
    up = answer.promise;
    await loseTheCall();
    bridge.refusal = "NOT_IN_THE_ROOM";
    await meeting.toggleMute();
    bridge.refusal = undefined;
    answer.resolve();
    await vi.advanceTimersByTimeAsync(2_000);
    await settle();
    await bridge.tell(entry("p-2"));
    expect([meeting.stage.value.name, calls[1]?.muted]).toEqual(["room", true]);
    expect(bridge.asked).toHaveLength(2);
  });

  it("does not count for the next meeting", async () => {
    const meeting = await inTheRoom();
    await meeting.toggleMute();
    await meeting.leave();
    await meeting.open();
    await meeting.join("Ann");
    expect([meeting.muted.value, calls[1]?.muted]).toEqual([false, false]);
  });
});

describe("a microphone that is unplugged", () => {
  it("in the call is replaced by another one, and stays the person's choice", async () => {
    const meeting = await inTheRoom();
    await meeting.sound.choose("audioinput", "headset");
    const [, headset] = microphones.opened;
    await headset!.unplug();
    const { value: opened } = meeting.sound.microphone;
    expect(opened).toBe(microphones.opened[2]);
    expect([calls[0]?.microphone === opened, meeting.sound.problem.value]).toEqual([true, undefined]);
    expect(stored.get("parley.audioinput")).toBe("headset");
    // The other one may be unplugged as well.
    await opened!.unplug();
    expect(calls[0]?.microphone).toBe(microphones.opened[3]);
  });

  it("does nothing when another one is open by now", async () => {
    const meeting = await inTheRoom();
    const { value: first } = meeting.sound.microphone;
    await meeting.sound.choose("audioinput", "headset");
    await first!.unplug();
    expect([microphones.asked, meeting.sound.problem.value]).toEqual([["", "headset"], undefined]);
  });

  it("does not replace the one that is chosen at that moment", async () => {
    const meeting = await inTheRoom();
    const { value: first } = meeting.sound.microphone;
    const choosing = meeting.sound.choose("audioinput", "headset");
    await first!.unplug();
    await choosing;
    expect(microphones.asked).toEqual(["", "headset", "headset"]);
  });

  it("and cannot be opened although it is chosen is told of, and the one before is heard", async () => {
    const meeting = await inTheRoom();
    microphones.refusal = "NotReadableError";
    await meeting.sound.choose("audioinput", "headset");
    expect(meeting.sound.problem.value).toBe("microphoneBusy");
    expect(meeting.sound.microphone.value).toBe(microphones.opened[0]);
    microphones.refusal = undefined;
    await meeting.sound.choose("audioinput", "");
    expect(meeting.sound.problem.value).toBeUndefined();
  });

  it("and was the only one is told of, until one is plugged in", async () => {
    const meeting = await inTheRoom();
    microphones.refusal = "NotFoundError";
    await meeting.sound.microphone.value!.unplug();
    expect([meeting.stage.value.name, meeting.sound.problem.value]).toEqual(["room", "noMicrophone"]);
    // The call can be lost in the meantime.
    await loseTheCall();
    expect([meeting.stage.value.name, meeting.sound.problem.value]).toEqual(["room", "noMicrophone"]);
    await microphones.plugIn();
    expect(meeting.sound.problem.value).toBeUndefined();
    expect(calls[1]?.microphone).toBe(microphones.opened[1]);
    await microphones.plugIn();
    expect(microphones.opened).toHaveLength(2);
  });

  it("in the lobby, and was the only one, is told of there", async () => {
    const meeting = await inTheLobby();
    microphones.refusal = "NotFoundError";
    await meeting.sound.microphone.value!.unplug();
    expect([meeting.stage.value, meeting.sound.problem.value, meeting.isListening.value]).toEqual([
      ...[{ name: "lobby" }, "noMicrophone", true],
    ]);
    await microphones.plugIn();
    expect([meeting.sound.problem.value, meeting.isListening.value]).toEqual([undefined, false]);
  });

  it("after the call is not replaced", async () => {
    const meeting = await inTheRoom();
    const { value: first } = meeting.sound.microphone;
    await meeting.leave();
    await first!.unplug();
    expect(microphones.asked).toHaveLength(1);
  });
});

describe("a person without a microphone", () => {
  it.each([
    ["NotFoundError", "noMicrophone"],
    ["NotAllowedError", "microphoneRefused"],
    ["NotReadableError", "microphoneBusy"],
  ])("of whom the browser says %s joins to listen, and is told why", async (refusal, problem) => {
    microphones.refusal = refusal;
    const meeting = await inTheRoom();
    expect([calls.length, calls[0]!.options.microphone]).toEqual([1, undefined]);
    expect([meeting.isListening.value, meeting.sound.problem.value]).toEqual([true, problem]);
  });

  it("is heard once one is plugged in, in the same call", async () => {
    microphones.refusal = "NotFoundError";
    const meeting = await inTheRoom();
    await microphones.plugIn();
    expect([meeting.isListening.value, meeting.sound.problem.value]).toEqual([false, undefined]);
    expect([calls.length, calls[0]?.microphone, calls[0]?.offers]).toEqual([1, microphones.opened[0], 1]);
  });

  it("is heard once the browser has been told to allow it", async () => {
    const permission = Object.assign(new EventTarget(), { state: "denied" });
    vi.stubGlobal("navigator", { mediaDevices: microphones, permissions: { query: async () => permission } });
    microphones.refusal = "NotAllowedError";
    const meeting = await inTheRoom();
    permission.dispatchEvent(new Event("change"));
    await settle();
    expect([microphones.asked.length, meeting.isListening.value]).toEqual([1, true]);
    Object.assign(permission, { state: "granted" });
    microphones.refusal = undefined;
    permission.dispatchEvent(new Event("change"));
    await settle();
    expect([calls.length, calls[0]?.offers, meeting.isListening.value]).toEqual([1, 1, false]);
  });

  it("can ask for it in the room, and is told again why there is none", async () => {
    microphones.refusal = "NotAllowedError";
    const meeting = await inTheRoom();
    microphones.refusal = "NotFoundError";
    await meeting.sound.openMicrophone();
    expect([meeting.sound.problem.value, calls[0]?.offers]).toEqual(["noMicrophone", 0]);
    microphones.refusal = undefined;
    await meeting.sound.openMicrophone();
    await settle();
    expect([meeting.sound.problem.value, calls[0]?.offers]).toEqual([undefined, 1]);
  });

  it("whose browser answers only after the call has begun is heard then", async () => {
    const answer = Promise.withResolvers<void>();
    microphones.answer = answer.promise;
    const meeting = new MeetingSession(makeCall);
    void meeting.open();
    await settle();
    const answered = Promise.withResolvers<void>();
    up = answered.promise;
    void meeting.join("Ann");
    await settle();
    answer.resolve();
    await settle();
    expect([calls[0]?.options.microphone, calls[0]?.offers]).toEqual([undefined, 0]);
    answered.resolve();
    await settle();
    expect([calls[0]?.microphone, calls[0]?.offers]).toEqual([microphones.opened[0], 1]);
  });
});

describe("a microphone that the system silences", () => {
  it("is told of until it is heard again", async () => {
    const meeting = await inTheRoom();
    const { value: microphone } = meeting.sound.microphone;
    microphone!.silence(true);
    expect(meeting.sound.isSilenced.value).toBe(true);
    microphone!.silence(false);
    expect(meeting.sound.isSilenced.value).toBe(false);
  });

  it("and not given back after a call of the telephone is opened again, as soon as the page is in sight", async () => {
    const meeting = await inTheRoom();
    meeting.sound.microphone.value!.silence(true);
    page.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect([calls[0]?.microphone, meeting.sound.isSilenced.value]).toEqual([microphones.opened[1], false]);
    page.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(microphones.opened).toHaveLength(2);
  });

  it("when another one is open by now is of no interest", async () => {
    const meeting = await inTheRoom();
    const { value: first } = meeting.sound.microphone;
    await meeting.sound.choose("audioinput", "headset");
    first!.silence(true);
    expect(meeting.sound.isSilenced.value).toBe(false);
  });
});

describe("a loudspeaker that is unplugged", () => {
  it("is replaced by the system's until it is there again", async () => {
    const meeting = await inTheRoom();
    microphones.speakers = ["system", "headset"];
    await meeting.sound.choose("audiooutput", "headset");
    expect(output).toBe("headset");
    microphones.speakers = ["system"];
    await microphones.plugIn();
    expect(output).toBe("");
    microphones.speakers = ["system", "headset"];
    await microphones.plugIn();
    expect([output, stored.get("parley.audiooutput")]).toEqual(["headset", "headset"]);
  });
});
