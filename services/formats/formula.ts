/** What begins a text that a spreadsheet runs as a formula: OWASP's list of CSV injection, and the full-width forms that spreadsheets take for them. */
export const FORMULA_SIGNS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'] as const;

/** A text that begins so. */
export const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
