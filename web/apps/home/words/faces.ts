/** Strings of the choice about faces in a copy for an agency. */
import { many } from "../../../ui/many.ts";

export const facesWords = {
  title: "Faces",
  blur: "Blur every face that is found",
  blurHint: "People in the picture were not asked. A face that is hidden in the copy cannot be brought back from it. The copy is made anew for it, on this device.",
  keep: "Leave faces as the camera saw them",
  keepHint: "The agency then sees everybody in the picture.",
  promised: "You promised somebody in this clip to blur faces in every copy.",
  making: (percent: number): string => `Looking for faces and hiding them on this device, ${percent} %. Nothing leaves it meanwhile.`,
  none: (looks: number): string => `No face was found in the ${many(looks, { one: "picture", other: "pictures" })} looked at. The copy is as the camera saw it.`,
  found: (withFaces: number, looks: number): string => `Faces were found in ${withFaces} of ${looks} pictures looked at, and are hidden in between as well.`,
  cannot: {
    what: "This browser cannot hide faces.",
    kept: "Nothing left this device.",
    todo: "Use a new Chrome, Edge or Safari; or say above that faces stay as they are; or decline.",
  },
  waits: "Sharing waits until faces are hidden in the copy. Declining waits for nothing.",
} as const;
