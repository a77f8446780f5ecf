/** Which matching rules judge a row; pinned to each import, and raised with every change of a verdict (DUP-003). */
export const MATCHER_VERSION = 1;
