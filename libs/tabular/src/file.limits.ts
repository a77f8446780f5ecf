/** The limits of PRODUCT §6 that a reader enforces. They are kept with the facts, so a file reads alike for ever. */
export interface TabularLimits {
  /** Data rows of a CSV or TSV file. */
  readonly textRowsMax: number;
  /** Data rows of a worksheet. */
  readonly sheetRowsMax: number;
  readonly columnsMax: number;
  /** Characters of a cell of a CSV or TSV file. */
  readonly textCellCharsMax: number;
  /** Characters of a cell of a worksheet. */
  readonly sheetCellCharsMax: number;
  /** Bytes a workbook may unpack to: counted while inflating, never believed from the archive. */
  readonly unpackedBytesMax: number;
  /** Cells of all sheets that are read. */
  readonly unpackedCellsMax: number;
  /** Bytes of a workbook's table of strings, which is held in memory. */
  readonly sharedStringBytesMax: number;
}

export const DEFAULT_LIMITS: TabularLimits = {
  textRowsMax: 5_000_000,
  sheetRowsMax: 1_048_575,
  columnsMax: 1_000,
  textCellCharsMax: 100_000,
  sheetCellCharsMax: 32_767,
  unpackedBytesMax: 4 * 1024 ** 3,
  unpackedCellsMax: 50_000_000,
  sharedStringBytesMax: 512 * 1024 ** 2,
};
