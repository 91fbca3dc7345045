/** Counts in words. A language names its own plural forms; English has two. */

const LANGUAGE = "en-GB";
const rules = new Intl.PluralRules(LANGUAGE);

/** The forms of one noun, by the language's plural rules. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** 1 -> "1 event", 2,400 -> "2,400 events". */
export function many(count: number, forms: Forms): string {
  return `${count.toLocaleString(LANGUAGE)} ${forms[rules.select(count)] ?? forms.other}`;
}
