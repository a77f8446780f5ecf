/**
 * What tells two lists of migrations apart: the statements they would run, not only their names, so that an edited
 * migration never meets a template database made by its earlier text. A migration that reads the database before it
 * writes cannot be recorded; its list is then told apart by its classes' text and by this process.
 */
export async function recordedSql(migrations: readonly unknown[]): Promise<string> {
  const lines: string[] = [];
  const recorder = {
    query: (sql: string, params: unknown = []): Promise<unknown[]> => {
      lines.push(sql, JSON.stringify(params));
      return Promise.resolve([]);
    },
  };
  for (const migration of migrations) {
    if (typeof migration !== 'function') continue;
    lines.push(migration.name, migration.toString());
    try {
      const made: unknown = Reflect.construct(migration, []);
      if (hasUp(made)) await made.up(recorder);
    } catch {
      lines.push(`process ${process.pid}`);
    }
  }
  return lines.join('\n');
}

function hasUp(made: unknown): made is { up(runner: object): Promise<void> } {
  return typeof made === 'object' && made !== null && 'up' in made && typeof made.up === 'function';
}
