import { describe, expect, it } from "vitest";
import { jargonIn, shownTexts } from "./jargon.ts";
import { literalWords } from "./literals.ts";

/** What residents, and whoever gets a link from one, are shown. */
const PAGES = import.meta.glob<string>(["../../apps/{home,link,door}/**/*.svelte", "../*.svelte", "../posts/*.svelte"], { query: "?raw", import: "default", eager: true });
const WORDS = import.meta.glob<string>(["../../apps/{home,link,door}/{words,words/*,*/words}.ts", "../words.ts", "../posts/*words.ts"], { query: "?raw", import: "default", eager: true });

const found = (files: Record<string, string>, look: (source: string) => string[]): string[] =>
  Object.entries(files).flatMap(([path, source]) => look(source).map((words) => `${path}: ${words}`));

describe("R01 words on residents' pages", () => {
  it("stand in a catalogue, ready for translation, and not in a page", () => {
    expect(Object.keys(PAGES)).toEqual(expect.arrayContaining(["../../apps/home/timeline/TodayPage.svelte", "../Player.svelte"]));
    expect(found(PAGES, literalWords)).toEqual([]);
  });

  it("are found where a page holds some, in text, in what is read aloud and in an expression", () => {
    const page = `<script>const s = "not shown";</script><h1>Today</h1><Button icon="play" label="Play it" />
      <p class="quiet" title={late ? "Too late" : w.time}>{n === "one" ? w.one : \`\${n} events\`}</p><style>p { color: red }</style>`;
    expect(literalWords(page)).toEqual(["Today", "Play it", "Too late", "events"]);
  });

  it("are no words of our trade", () => {
    expect(found(WORDS, shownTexts).length).toBeGreaterThan(400);
    expect(found(WORDS, jargonIn)).toEqual([]);
  });

  it("are told from words of our trade, names in code not counted", () => {
    const words = `import { sealed } from "./seal.ts";
      export const hash = { seal: "Closed", at: (n: number) => \`Epoch \${n} of the vault\`, by: n === "token" ? "Sealed to you" : "Shelf" };`;
    expect(jargonIn(words).map((one) => one.split(":")[0])).toEqual(["Epoch", "vault", "Sealed"]);
  });
});
