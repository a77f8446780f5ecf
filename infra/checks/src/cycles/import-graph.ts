import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { findPackages } from '../repository/packages.js';
import { sourceFiles } from '../repository/source-files.js';

/** File → files whose values it imports, all from the repository's root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Reads every source file of every package and resolves package names to their sources, so that a circle through two
 * packages is as visible as one in a folder. Imports of types only do not count: nothing of them runs.
 */
export function importGraph(root: string): ImportGraph {
  const packages = findPackages(root);
  const entries = new Map(packages.map((one) => [one.name, one.entry]));
  const files = new Set(packages.flatMap((one) => sourceFiles(root, one.dir)));
  const resolve = (from: string, specifier: string): string | undefined => {
    if (!specifier.startsWith('.')) return entries.get(specifier);
    const target = join(dirname(from), specifier);
    return [target.replace(/\.js$/, '.ts'), `${target}.ts`, `${target}/index.ts`].find((path) => files.has(path));
  };
  return new Map(
    [...files].map((file) => {
      const specifiers = valueImports(file, readFileSync(join(root, file), 'utf8'));
      const targets = specifiers.map((specifier) => resolve(file, specifier)).filter((path) => path !== undefined);
      return [file, [...new Set(targets)]];
    }),
  );
}

/** The module names a file imports or re-exports values from, dynamic imports with a fixed name included. */
export function valueImports(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, false, ts.ScriptKind.TS);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !isTypeImport(node.importClause)) found.push(textOf(node.moduleSpecifier));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !isTypeExport(node)) found.push(textOf(node.moduleSpecifier));
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) found.push(textOf(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.filter((specifier) => specifier !== '');
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return name === undefined && namedBindings !== undefined && ts.isNamedImports(namedBindings) && allTypes(namedBindings.elements);
}

function isTypeExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  return node.exportClause !== undefined && ts.isNamedExports(node.exportClause) && allTypes(node.exportClause.elements);
}

function allTypes(elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : '';
}
