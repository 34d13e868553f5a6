/**
 * Stands in for `contract/src/schema.ts` in the browser's bundle (see vite.config.ts). The browser calls endpoints and reads their
 * types; it never validates, so the schema library, a seventh of the first download, stays at home. The compiler sees the real file.
 */
const shape = {};

/* @__NO_SIDE_EFFECTS__ */
function describe(): typeof shape {
  return shape;
}

export {
  describe as arrayOf,
  describe as boolean,
  describe as cursor,
  describe as day,
  describe as instant,
  describe as integer,
  describe as literal,
  describe as nullable,
  describe as number,
  describe as object,
  describe as oneOf,
  describe as optional,
  describe as record,
  describe as string,
  describe as text,
  describe as union,
  describe as unknown,
  describe as uuid,
  describe as zone,
  shape as done,
};
