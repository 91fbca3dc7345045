/** Anything that went wrong, in three sentences. */
import { ApiError } from "../core/api/client.ts";
import { words } from "./words.ts";

export interface Trouble {
  readonly what: string;
  readonly kept: string;
  readonly todo: string;
  readonly code?: string;
}

/** Sentences for an error. What is not ours to word keeps its own name, in small letters, for whoever has to mend it. */
export function troubleOf(error: unknown, otherwise: Trouble = words.trouble.unknown): Trouble {
  if (error instanceof ApiError) {
    return error.away ? words.trouble.away : { what: error.what, kept: error.kept, todo: error.todo, code: error.code };
  }
  const code = (error as { code?: unknown } | null)?.code;
  const name = typeof code === "string" ? code : error instanceof Error ? error.name : "";
  return name ? { ...otherwise, code: name } : otherwise;
}
