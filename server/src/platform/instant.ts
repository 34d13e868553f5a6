const form = /^[1-9]\d{3}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

/** Says whether the text is an instant as the contract has them: UTC, a day and a time that exist, a year that PostgreSQL can store. */
export function isInstant(text: string): boolean {
  if (!form.test(text)) return false;
  const at = Date.parse(text);
  // 30 February rolls over to March.
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 19) === text.slice(0, 19);
}
