/** Every string of the shared parts. Apps keep theirs in `apps/<app>/words.ts`. British spelling, whole sentences. */
export const words = {
  skip: "Skip to content",
  kept: "Kept:",
  toDo: "To do:",
};
