/** What can be imported from "raceproof": complete, in one style of names, and explained. */
import { relative, resolve } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const entry = resolve("index.ts");
const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile.bind(ts.sys)) as {
  config: object;
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const program = ts.createProgram([entry], options);
const checker = program.getTypeChecker();
const surface = checker
  .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
  .map((symbol) => ({ name: symbol.name, target: resolved(symbol) }));
const exported = new Set(surface.map(({ target }) => target));

/** Histories are also stored in files, and their fields have the same names here as there. */
const file_formats = /^histories\/event\.ts$/;

test("whatever a public signature names can be imported, too", () => {
  const missing = new Set<string>();
  for (const { name, target } of surface) {
    for (const node of signatures(target)) {
      for (const named of typeNames(node)) {
        const symbol = resolved(checker.getSymbolAtLocation(named)!);
        if (isOurs(symbol) && !exported.has(symbol) && !isAliasOfDriver(symbol))
          missing.add(`${named.getText()}, which ${name} names`);
      }
    }
  }
  expect([...missing].sort()).toEqual([]);
});

test("names are in camelCase, but for the fields of a history's file", () => {
  const snakes = new Set<string>();
  for (const { name, target } of surface) {
    if (name.includes("_")) snakes.add(name);
    for (const node of signatures(target)) {
      if (file_formats.test(relative(".", node.getSourceFile().fileName))) continue;
      for (const member of memberNames(node))
        if (/[a-z]_/.test(member)) snakes.add(`${name}.${member}`);
    }
  }
  expect([...snakes].sort()).toEqual([]);
});

test("every export says what it is for", () => {
  const silent = surface.filter(
    ({ target }) => target.getDocumentationComment(checker).length === 0,
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});

function resolved(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The parts of a symbol's declarations that its user sees. */
function signatures(symbol: ts.Symbol): ts.Node[] {
  return (symbol.declarations ?? []).flatMap((node): ts.Node[] => {
    if (ts.isFunctionDeclaration(node)) return signatureOf(node);
    if (ts.isClassDeclaration(node)) {
      const seen = node.members.filter((member) => !isHidden(member));
      return [...(node.heritageClauses ?? []), ...seen.flatMap(memberOf)];
    }
    if (ts.isVariableDeclaration(node)) return node.type ? [node.type] : [];
    return [node];
  });
}

const memberOf = (member: ts.ClassElement): ts.Node[] =>
  ts.isMethodDeclaration(member) || ts.isConstructorDeclaration(member)
    ? [member.name ?? [], ...signatureOf(member)].flat()
    : ts.isPropertyDeclaration(member)
      ? [member.name, ...(member.type ? [member.type] : [])]
      : [member];

const signatureOf = (node: ts.SignatureDeclaration): ts.Node[] => [
  ...(node.typeParameters ?? []),
  ...node.parameters.filter((parameter) => !parameter.initializer).map((parameter) => parameter),
  ...node.parameters.flatMap(({ initializer, type }) => (initializer && type ? [type] : [])),
  ...(node.type ? [node.type] : []),
];

function isHidden(member: ts.ClassElement): boolean {
  const flags = ts.getCombinedModifierFlags(member);
  return (
    (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0 ||
    (member.name !== undefined && ts.isPrivateIdentifier(member.name))
  );
}

function* typeNames(node: ts.Node): Generator<ts.Node> {
  if (ts.isTypeReferenceNode(node)) yield node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) yield node.expression;
  for (const child of node.getChildren()) yield* typeNames(child);
}

function* memberNames(node: ts.Node): Generator<string> {
  if (ts.isPropertySignature(node) || ts.isMethodSignature(node)) yield node.name.getText();
  if (ts.isParameter(node) || ts.isIdentifier(node)) yield node.getText().split(/[:?]/)[0]!;
  for (const child of node.getChildren()) yield* memberNames(child);
}

function isOurs(symbol: ts.Symbol): boolean {
  if (symbol.flags & ts.SymbolFlags.TypeParameter) return false;
  const file = symbol.declarations?.[0]?.getSourceFile().fileName;
  return file !== undefined && !file.includes("node_modules") && file.startsWith(resolve("."));
}

/** `type Client = import("pg").Client`: only there so that a missing driver is not an error. */
function isAliasOfDriver(symbol: ts.Symbol): boolean {
  const [node] = symbol.declarations ?? [];
  return node !== undefined && ts.isTypeAliasDeclaration(node) && ts.isImportTypeNode(node.type);
}
