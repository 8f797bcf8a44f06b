// The REST API as a test uses it: one method a thing it wants, each of which fails with what the API said.
import { eventually } from "./phone/index.ts";

export interface RoomFields {
  readonly extension_number: string;
  readonly subject?: string;
  readonly capacity?: number;
  readonly room_pin?: string;
  readonly admin_pin?: string;
  readonly enable_prompt?: boolean;
  readonly mode?: "AUDIO" | "VIDEO";
  readonly control?: "FREE" | "MASTER";
  readonly language?: string;
  readonly enable_recording?: boolean;
  /** Of the picture of a VIDEO room. */
  readonly layout?: `LAYOUT${0 | 1 | 2 | 3 | 4 | 6 | 9}`;
  readonly width?: number;
  readonly height?: number;
  readonly framerate?: number;
  readonly bitrate?: number;
}

export interface ApiTrack {
  readonly display_name: string;
  readonly file_name: string;
  readonly file_size: number;
  readonly file_url: string;
}

export interface ApiRecording {
  readonly id: string;
  readonly answered_at: string;
  readonly ended_at: string | null;
  readonly duration: number;
  readonly file_name: string;
  readonly file_size: number;
  readonly file_url: string;
  readonly poster_url: string | null;
  readonly sha256?: string;
  readonly read: boolean;
  readonly recovered: boolean;
  readonly tracks: readonly ApiTrack[];
}

export type RoomVerb =
  | ("lock" | "unlock" | "mute" | "unmute" | "destroy")
  | ("start_recording" | "stop_recording");

export interface ApiParticipant {
  readonly id: string;
  readonly display_name: string;
  readonly muted: boolean;
  readonly mute_reasons: readonly string[];
  readonly chairman: boolean;
  readonly transport: string | null;
  readonly media_encryption: string | null;
  readonly video: { readonly camera: boolean; readonly screen: boolean; readonly refused: boolean };
  /** Null until there is some. */
  readonly quality: {
    readonly loss_percent: number;
    readonly concealed_percent: number;
    readonly video: { readonly received_codec: string | null; readonly sent_codec: string | null } | null;
  } | null;
}

export interface ApiRoomStatus {
  readonly status: "ONLINE" | "OFFLINE" | "ON_CALL";
  readonly locked: boolean;
  readonly recording: boolean;
}

interface RequestOptions {
  readonly body?: unknown;
  readonly key?: string;
  readonly method?: string;
}

export class ParleyApi {
  readonly url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.url = url;
    this.#key = key;
  }

  /** One request; a body makes it POST. The answer's JSON, or undefined where there is none. */
  async request(path: string, options: RequestOptions = {}) {
    const response = await fetch(`${this.url}${path}`, {
      method: options.method ?? ("body" in options ? "POST" : "GET"),
      headers: {
        authorization: `Bearer ${options.key ?? this.#key}`,
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json");
    return { status: response.status, text, body: json ? (JSON.parse(text) as unknown) : undefined };
  }

  /** Changes a part of what is there. */
  async patch(path: string, body: object): Promise<void> {
    await this.#expect(path, 200, { method: "PATCH", body });
  }

  /** A request whose answer goes on until the signal ends it. */
  open(path: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      headers: { ...headers, authorization: `Bearer ${this.#key}` },
      signal,
    });
  }

  /** Server-sent events, for as long as the signal lets them. */
  openStream(path: string, signal: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#key}`, accept: "text/event-stream" };
    return fetch(`${this.url}${path}`, { headers, signal });
  }

  /** Makes a silent audio room; its id. */
  async createRoom(fields: RoomFields): Promise<string> {
    const body = {
      mode: "AUDIO",
      subject: "Test",
      capacity: 20,
      enable_prompt: false,
      ...fields,
    };
    const answer = await this.#expect("/api/conference_rooms", 201, { body });
    return (answer as { id: string }).id;
  }

  async participants(room: string): Promise<readonly ApiParticipant[]> {
    const answer = await this.#expect(`/api/conference_rooms/${room}/participants`, 200);
    return (answer as { items: readonly ApiParticipant[] }).items;
  }

  /** The participant of that name, as soon as there is one. */
  participant(room: string, displayName: string): Promise<ApiParticipant> {
    return eventually(
      async () => (await this.participants(room)).find((one) => one.display_name === displayName),
      () => `participant ${displayName}`,
    );
  }

  /** Waits until so many are in the room. */
  async attendance(room: string, count: number): Promise<void> {
    await eventually(
      async () => ((await this.participants(room)).length === count ? true : undefined),
      () => `room with ${count} participants`,
    );
  }

  async recordings(room: string): Promise<readonly ApiRecording[]> {
    const answer = await this.#expect(`/api/conference_rooms/${room}/recordings`, 200);
    return (answer as { items: readonly ApiRecording[] }).items;
  }

  async status(room: string): Promise<ApiRoomStatus> {
    return (await this.#expect(`/api/conference_rooms/${room}/status`, 200)) as ApiRoomStatus;
  }

  /** Waits until it runs: the thread that writes begins with the first one, which takes its time on a busy machine. */
  async startRecording(room: string): Promise<void> {
    let refusal: unknown;
    const started = async () => {
      try {
        await this.commandRoom(room, "start_recording");
        return true;
      } catch (error) {
        refusal = error;
        return undefined;
      }
    };
    await eventually(started, () => `recording: ${refusal}`, { limitMs: 60_000, everyMs: 500 });
  }

  async commandRoom(room: string, verb: RoomVerb): Promise<void> {
    await this.#expect(`/api/conference_rooms/${room}/${verb}`, verb === "destroy" ? 204 : 200, {
      body: undefined,
    });
  }

  async command(room: string, participant: string, verb: "mute" | "unmute" | "destroy"): Promise<void> {
    const path = `/api/conference_rooms/${room}/participants/${participant}/${verb}`;
    await this.#expect(path, verb === "destroy" ? 204 : 200, { body: undefined });
  }

  /** Pins a participant to a cell of the picture, or hides it with -1. */
  async setPosition(room: string, participant: string, position: number): Promise<void> {
    const path = `/api/conference_rooms/${room}/participants/${participant}/position`;
    await this.#expect(path, 200, { body: { position } });
  }

  async giveChair(room: string, participant: string): Promise<void> {
    const path = `/api/conference_rooms/${room}/participants/${participant}/chairman`;
    await this.#expect(path, 200, { body: undefined });
  }

  /** Pins these participants to the cells in order and hides the others; none: the picture arranges itself. */
  async arrange(room: string, participants: readonly string[]): Promise<void> {
    const path = `/api/conference_rooms/${room}/participants/layout`;
    await this.#expect(path, 200, { body: { items: participants } });
  }

  /** The picture of a VIDEO room as it is now. */
  async snapshot(room: string): Promise<Uint8Array> {
    const headers = { authorization: `Bearer ${this.#key}` };
    const response = await fetch(`${this.url}/api/conference_rooms/${room}/snapshot.jpg`, { headers });
    if (response.status !== 200)
      throw new Error(`snapshot answered ${response.status}: ${await response.text()}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Takes a participant to another room; resolves when they are there. */
  async move(from: string, participant: string, to: string): Promise<ApiParticipant> {
    const path = `/api/conference_rooms/${from}/participants/${participant}/move`;
    return (await this.#expect(path, 200, { body: { room_id: to } })) as ApiParticipant;
  }

  async metrics(): Promise<string> {
    return (await this.request("/metrics")).text;
  }

  /** Waits until no call holds anything any more: no participant, no media leg, no dialog. */
  async noCalls(): Promise<void> {
    await eventually(
      async () => (/^parley_calls 0$/m.test(await this.metrics()) ? true : undefined),
      () => "bridge without calls",
    );
  }

  async #expect(path: string, status: number, options: RequestOptions = {}): Promise<unknown> {
    const answer = await this.request(path, options);
    if (answer.status !== status) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  }
}
