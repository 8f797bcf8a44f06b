// One's own camera and screen: what ends them, and what the person is told of it.
import { afterEach, beforeEach, expect, it, vi } from "vitest";

/** What the tests look at. Its own types are a browser's, and are checked with the page. */
interface OwnVideoUnderTest {
  readonly camera: { readonly value: FakeStream | undefined };
  readonly screen: { readonly value: FakeStream | undefined };
  readonly trouble: { readonly value: string | undefined };
  startCamera(id?: string): Promise<void>;
  stopCamera(): void;
  startScreen(): Promise<void>;
}

const session = "../../../../../../api/web/src/session";
const { OwnVideo } = (await import(`${session}/own-video.ts`)) as {
  readonly OwnVideo: new (size: () => undefined) => OwnVideoUnderTest;
};

class FakeStream {
  readonly track = Object.assign(new EventTarget(), { stop() {} });

  getTracks() {
    return [this.track];
  }

  getVideoTracks() {
    return [this.track];
  }

  /** By the browser or the system. */
  end() {
    this.track.dispatchEvent(new Event("ended"));
  }
}

beforeEach(() => {
  const open = async () => new FakeStream();
  const enumerateDevices = async () => [];
  vi.stubGlobal("navigator", {
    mediaDevices: { getUserMedia: open, getDisplayMedia: open, enumerateDevices },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const make = (): OwnVideoUnderTest => new OwnVideo(() => undefined);

it("a camera that is unplugged is told of until it is switched on again", async () => {
  const own = make();
  await own.startCamera();
  own.camera.value!.end();
  expect([own.camera.value, own.trouble.value]).toEqual([undefined, "noCamera"]);
  await own.startCamera();
  expect([own.camera.value === undefined, own.trouble.value]).toEqual([false, undefined]);
});

it.each([
  ["NotFoundError", "noCamera"],
  ["OverconstrainedError", "noCamera"],
  ["NotAllowedError", "cameraRefused"],
  ["NotReadableError", "cameraBusy"],
])("a camera that cannot be opened is told of: %s is %s", async (name, trouble) => {
  const own = make();
  vi.stubGlobal("navigator", {
    mediaDevices: { getUserMedia: () => Promise.reject(new DOMException("", name)) },
  });
  await own.startCamera();
  expect([own.camera.value, own.trouble.value]).toEqual([undefined, trouble]);
});

it("a camera that was switched off, or for which there is another one, is not told of", async () => {
  const own = make();
  await own.startCamera("first");
  const { value: first } = own.camera;
  await own.startCamera("second");
  first!.end();
  expect([own.camera.value === undefined, own.trouble.value]).toEqual([false, undefined]);
  const { value: second } = own.camera;
  own.stopCamera();
  second!.end();
  expect(own.trouble.value).toBeUndefined();
});

it("a screen ends by the browser's own button without a word", async () => {
  const own = make();
  await own.startScreen();
  own.screen.value!.end();
  expect([own.screen.value, own.trouble.value]).toEqual([undefined, undefined]);
});
