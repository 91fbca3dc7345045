// What seal.spec.ts looks at in a browser.
export { openHeader } from "../core/seal/age.ts";
export { checkClip, openManifest, Order } from "../core/seal/clip.ts";
export { opener } from "../core/seal/hybrid.ts";
export { memberKeys } from "../core/seal/keys.ts";
