/** How a camera is, in its hub's word. */
export const CAMERA_STATES = ["recording", "watching", "off", "away", "refused", "unreadable", "unkept"] as const;
export type CameraState = (typeof CAMERA_STATES)[number];

/** Whether a camera is as its household wants it; otherwise somebody should look. */
export const isWell = (camera: CameraStatus): boolean => ["recording", "watching", "off"].includes(camera.state);

export interface CameraStatus {
  id: string;
  name: string;
  state: CameraState;
  since: string;
  note: string;
}
