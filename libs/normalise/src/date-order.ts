/**
 * How the day, month and year of a date column stand (OPT `dateFormat`, NRM-030). `US` is month first and `EU` day
 * first, as chosen by a person; the `PROVEN_` ones were shown by the column itself, so a cell of the other order is a
 * row that differs from its column. `AUTOMATIC` has nothing to go by: only unmistakable dates are read.
 */
export type DateOrder = 'AUTOMATIC' | 'ISO' | 'US' | 'EU' | 'SERIAL' | 'PROVEN_US' | 'PROVEN_EU';
