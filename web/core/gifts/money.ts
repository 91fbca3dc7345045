/** Money as people write it, and as entries hold it: whole numbers of a currency's smallest unit. */
const WHOLE = new Set(["CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"]); // as the pages of the record have it
const MOST = 1e12;

const digitsOf = (currency: string): number => (WHOLE.has(currency) ? 0 : 2);

/** `297`, `297.50` or `1,297.50` in the smallest unit; null for what is no amount. */
export function readMoney(typed: string, currency: string): number | null {
  const [, whole, rest = ""] = /^(\d{1,3}(?:,?\d{3})*|\d+)(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? [];
  const digits = digitsOf(currency);
  if (whole === undefined || rest.length > digits) return null;
  const minor = Number(whole.replaceAll(",", "") + rest.padEnd(digits, "0"));
  return minor <= MOST ? minor : null;
}

/** `USD 297.50`. */
export const moneyText = (minor: number, currency: string): string =>
  `${currency} ${(minor / 10 ** digitsOf(currency)).toLocaleString("en-US", { minimumFractionDigits: digitsOf(currency), maximumFractionDigits: digitsOf(currency) })}`;

/** As it was typed: `297.50`. */
export const plainMoney = (minor: number, currency: string): string => (minor / 10 ** digitsOf(currency)).toFixed(digitsOf(currency));
