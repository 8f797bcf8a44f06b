// Video for tests: who sends coded pictures, and who looks at them.
export { type CameraOptions, TestCamera } from "./camera.ts";
export { type Mp4Contents, readMp4 } from "./mp4.ts";
export { isNear, TestScreen } from "./screen.ts";
