// The call's line of sound in the session descriptions: what it is with a microphone and without one.
import { expect, it } from "vitest";

/** What the tests look at. Its own types are a browser's, and are checked with the page. */
interface AudioLineUnderTest {
  describe(connection: FakeConnection): void;
  send(): Promise<void>;
  readonly sends: boolean;
}

const { AudioLine } = (await import(
  `${"../../../../../../api/web/src/session"}/audio-line.ts`
)) as unknown as { readonly AudioLine: new (microphone: () => string | undefined) => AudioLineUnderTest };

class FakeTransceiver {
  direction: string;
  currentDirection: string | null = null;
  readonly receiver: { readonly track: { readonly kind: string } };
  readonly sender = {
    track: null as string | null,
    async replaceTrack(track: string) {
      this.track = track;
    },
  };

  constructor(kind: string, direction: string) {
    this.receiver = { track: { kind } };
    this.direction = direction;
  }
}

class FakeConnection {
  readonly transceivers: FakeTransceiver[] = [];

  getTransceivers() {
    return this.transceivers;
  }

  addTransceiver(kind: string, { direction }: { readonly direction: string }) {
    const added = new FakeTransceiver(kind, direction);
    this.transceivers.push(added);
    return added;
  }

  /** The other side takes what is offered. */
  answer() {
    for (const each of this.transceivers) each.currentDirection = each.direction;
  }
}

const shown = ({ transceivers }: FakeConnection) =>
  transceivers.map(({ receiver, direction, sender }) => [receiver.track.kind, direction, sender.track]);

it("sends and receives with a microphone, and sends another one without a new offer", async () => {
  let microphone = "first";
  const connection = new FakeConnection();
  const line = new AudioLine(() => microphone);
  line.describe(connection);
  connection.answer();
  expect([shown(connection), line.sends]).toEqual([[["audio", "sendrecv", "first"]], true]);
  microphone = "second";
  await line.send();
  expect(shown(connection)).toEqual([["audio", "sendrecv", "second"]]);
});

it("only receives without a microphone, and sends one after the next description", async () => {
  let microphone: string | undefined;
  const connection = new FakeConnection();
  const line = new AudioLine(() => microphone);
  line.describe(connection);
  connection.answer();
  expect([shown(connection), line.sends]).toEqual([[["audio", "recvonly", null]], false]);
  microphone = "plugged in";
  await line.send();
  expect(line.sends).toBe(false);
  line.describe(connection);
  connection.answer();
  expect([shown(connection), line.sends]).toEqual([[["audio", "sendrecv", "plugged in"]], true]);
});

it("has its directions back where something else has set them, and is the bridge's line where the bridge offers", () => {
  let microphone: string | undefined;
  const connection = new FakeConnection();
  const line = new AudioLine(() => microphone);
  connection.addTransceiver("video", { direction: "inactive" });
  connection.addTransceiver("audio", { direction: "sendrecv" });
  line.describe(connection);
  expect(shown(connection)).toEqual([
    ["video", "inactive", null],
    ["audio", "recvonly", null],
  ]);
  microphone = "plugged in";
  connection.transceivers[1]!.direction = "recvonly";
  line.describe(connection);
  expect(shown(connection)[1]).toEqual(["audio", "sendrecv", "plugged in"]);
});
