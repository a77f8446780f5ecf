/** Which rules read a value; pinned to each import, and raised with every change of a result (NRM). */
export const NORMALISER_VERSION = 1;
