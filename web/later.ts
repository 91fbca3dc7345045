/** Names in the home app's page the files that its pages fetch later, for the service worker to keep: no page is missing
 *  where there is no network. What only a map or a rule needs is left out: it is large, and of no use without a server. */
import type { Plugin } from "vite";

interface Chunk {
  readonly type: "chunk";
  readonly fileName: string;
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
  readonly moduleIds: readonly string[];
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> };
}
const LARGE = /node_modules\/(maplibre-gl|h3-js|@cedar-policy)\//;

/** Every chunk that is reached from `entry` and is not `seen` yet. */
function reached(entry: string, bundle: Readonly<Record<string, { readonly type: string }>>, alsoLater: boolean, seen: Set<string>): void {
  const chunk = bundle[entry] as Chunk | undefined;
  if (chunk?.type !== "chunk" || seen.has(entry) || chunk.moduleIds.some((id) => LARGE.test(id))) return;
  seen.add(entry);
  for (const css of chunk.viteMetadata?.importedCss ?? []) seen.add(css);
  for (const next of [...chunk.imports, ...(alsoLater ? chunk.dynamicImports : [])]) reached(next, bundle, alsoLater, seen);
}

export function namesLater(page: string): Plugin {
  return {
    name: "fanlight-later",
    transformIndexHtml: {
      order: "post",
      handler(_, { path, bundle, chunk }) {
        if (!path.endsWith(page) || !bundle || !chunk) return [];
        const [now, all] = [new Set<string>(), new Set<string>()];
        reached(chunk.fileName, bundle, false, now);
        reached(chunk.fileName, bundle, true, all);
        const later = [...all].filter((file) => !now.has(file)).sort();
        return [{ tag: "meta", attrs: { name: "fanlight-later", content: later.map((file) => `/${file}`).join(" ") }, injectTo: "head" }];
      },
    },
  };
}
