/** What the runner needs of a logger; pino's loggers fit. Ids and counts only, never personal data. */
export interface StreamLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
