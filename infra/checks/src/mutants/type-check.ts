import { join } from 'node:path';
import ts from 'typescript';
import { packageOf } from '../repository/packages.js';

/** Checks changed files against the sources of the tree, without writing anything. */
export class TypeCheck {
  private readonly programs = new Map<string, ts.Program>();

  constructor(private readonly root: string) {}

  /**
   * What the compiler says of a file with another text; empty when it compiles.
   * @param file a `.ts` file from the root; of others nothing is said
   */
  faultsOf(file: string, text: string): string[] {
    const home = packageOf(this.root, file);
    if (home === undefined || !file.endsWith('.ts')) return [];
    const path = join(this.root, file);
    const { options, fileNames } = this.settingsOf(home.dir);
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile.bind(host);
    host.getSourceFile = (name, language, ...more) =>
      name === path ? ts.createSourceFile(name, text, language, true) : (this.kept(home.dir, name) ?? read(name, language, ...more));
    const names = fileNames.includes(path) ? fileNames : [...fileNames, path];
    const program = ts.createProgram(names, options, host, this.programs.get(home.dir));
    if (!this.programs.has(home.dir)) this.programs.set(home.dir, program);
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText, code }) => `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  }

  /** Only the changed file is read anew: the others are as the first program of the package read them. */
  private kept(dir: string, name: string): ts.SourceFile | undefined {
    const known = this.programs.get(dir)?.getSourceFile(name);
    // A package found twice is read through a stand-in of the program's own, which no other program takes.
    const isStandIn = known !== undefined && 'redirectInfo' in known && known.redirectInfo !== undefined;
    return known?.isDeclarationFile === true && !isStandIn ? known : undefined;
  }

  /** The package's settings, with other packages read from their sources instead of their builds. */
  private settingsOf(dir: string): { options: ts.CompilerOptions; fileNames: string[] } {
    const folder = join(this.root, dir);
    const { config, error } = ts.readConfigFile(join(folder, 'tsconfig.lib.json'), (path) => ts.sys.readFile(path)) as { config?: object; error?: ts.Diagnostic };
    if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, ' '));
    const { options, fileNames } = ts.parseJsonConfigFileContent(config ?? {}, ts.sys, folder);
    const alone = { ...options, noEmit: true, composite: false, incremental: false, declaration: false, declarationMap: false, emitDeclarationOnly: false };
    delete alone.rootDir;
    delete alone.tsBuildInfoFile;
    return { options: alone, fileNames };
  }
}
