/** What JSON can hold; events, stored results and metadata are made of it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. Keys are read with `Object.hasOwn` where they come from outside. */
export type JsonObject = { [key: string]: JsonValue };
