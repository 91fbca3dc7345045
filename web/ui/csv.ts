/** CSV that a spreadsheet opens; no cell begins like a formula. */

const cell = (text: string): string => (/^[=+\-@\t]/.test(text) ? `"'${text.replaceAll('"', '""')}"` : /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const csvText = (rows: readonly (readonly string[])[]): string => `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
