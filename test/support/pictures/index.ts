// Video for tests: who sends coded pictures, and who looks at them.
export { type CameraOptions, TestCamera } from "./camera.ts";
export { isNear, TestScreen } from "./screen.ts";
