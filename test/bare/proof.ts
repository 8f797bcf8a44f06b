// What is the same on every bare machine: settings that leave this machine's own ports alone, and the proof that what was
// installed answers its phone: a room is made over HTTPS, two phones dial it, type its PIN and hear each other.
import type { TestContext } from "vitest";
import type { ParleyApi } from "../support/parley-api.ts";
import { type Call, Phone } from "../support/phone/index.ts";
import { freePort } from "../support/ports.ts";
import type { Tone } from "../support/tones.ts";
import { BareMachine, NoBareMachine } from "./machine.ts";

const alice: Tone = { frequency: 440, levelDbov: -20 };
const bob: Tone = { frequency: 1040, levelDbov: -20 };

export interface Ports {
  readonly sip: number;
  readonly api: number;
  /** As environment variables of the bridge. */
  readonly env: Readonly<Record<string, string>>;
}

export async function choosePorts(): Promise<Ports> {
  const [sip, api] = [await freePort(), await freePort()];
  const rtp = 20_000 + 2 * Math.floor(Math.random() * 5000);
  const env = {
    ...{ PARLEY_SIP_PORT: String(sip), PARLEY_SIP_TLS_PORT: String(await freePort()) },
    ...{
      PARLEY_API_PORT: String(api),
      PARLEY_RTP_PORT_MIN: String(rtp),
      PARLEY_RTP_PORT_MAX: String(rtp + 999),
      // Whatever else keeps this machine busy.
      PARLEY_OVERLOAD_REFUSE: "false",
    },
  };
  return { sip, api, env };
}

/** The machine, or the reason why there is none, said loudly once and by skipping each test. */
export class MachineOrReason {
  #machine: BareMachine | undefined;
  #reason = "not made yet";

  async make(suite: string): Promise<void> {
    try {
      this.#machine = await BareMachine.create(suite);
    } catch (error) {
      if (!(error instanceof NoBareMachine)) throw error;
      this.#reason = error.message;
      process.stderr.write(`\n*** SKIPPED: no bare ${suite} can be made here: ${error.message} ***\n\n`);
    }
  }

  get({ skip }: Pick<TestContext, "skip">): BareMachine {
    return this.#machine ?? skip(this.#reason);
  }

  async remove(): Promise<void> {
    await this.#machine?.remove();
  }
}

export interface Meeting {
  readonly room: string;
  readonly calls: readonly Call[];
  hearEachOther(): Promise<void>;
  /** Hangs up and closes the phones. */
  end(): Promise<void>;
}

/** Two phones meet in a new room with a PIN and hear each other. */
export async function meet(api: ParleyApi, { sip }: Ports, extension: string): Promise<Meeting> {
  const room = await api.createRoom({ extension_number: extension, room_pin: "1234" });
  const phones: Phone[] = [];
  const enter = async (name: string, voice: Tone): Promise<Call> => {
    const phone = await Phone.open(name, { address: "127.0.0.1", port: sip });
    phones.push(phone);
    const call = await (await phone.call(extension)).answered();
    call.media.voice = [voice];
    await call.type("1234#");
    return call;
  };
  const end = async () => {
    await Promise.all(phones.map((phone) => phone.close({ bridgeRuns: true })));
  };
  try {
    const calls = [await enter("alice", alice), await enter("bob", bob)];
    const hearEachOther = async () => {
      await calls[0]?.ear.hearsExactly([bob], [alice.frequency]);
      await calls[1]?.ear.hearsExactly([alice], [bob.frequency]);
    };
    await api.attendance(room, 2);
    await hearEachOther();
    return { room, calls, hearEachOther, end };
  } catch (error) {
    await end();
    throw error;
  }
}
