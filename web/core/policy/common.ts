/** The facts that all packs share: action -> fact -> its Cedar type. Twin of fanlight.policy.common. */
import text from "../../../src/fanlight/policy/packs/common.cedarschema?raw";

const ACTION = /^(?:\/\/[^\n]*\n)action "([a-z.]+)" appliesTo \{[^}]*?context: (?:(\w+) \}|\{[^}]*\},\n\});\n/gm;
const TYPE = /^type (\w+) = \{[^}]*\};\n/gm;
const FACT = /^\s+(\w+): (Bool|Long|String),$/gm;

export type CedarType = "Bool" | "Long" | "String";

const types = new Map([...text.matchAll(TYPE)].map(([all, name = ""]) => [name, all]));

export const commonFacts: ReadonlyMap<string, ReadonlyMap<string, CedarType>> = new Map(
  [...text.matchAll(ACTION)].map(([all, action = "", type]) => {
    const block = type === undefined ? all : (types.get(type) ?? "");
    return [action, new Map([...block.matchAll(FACT)].map(([, name = "", of]) => [name, of as CedarType]))];
  }),
);
