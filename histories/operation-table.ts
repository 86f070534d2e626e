/**
 * Operations of a long history in a fraction of the memory. As plain objects eight million of them take 1.6 GB, because
 * each has fourteen fields, some of which V8 keeps outside. Here their numbers lie in columns, and an operation is an
 * object that knows only its place. What does not fit into a column (a text, an error) is kept beside it.
 */
import type { Operation } from "./event.ts";

/** An operation while it is being read. */
export type Open = { -readonly [Field in keyof Operation]: Operation[Field] };

const block_size = 1 << 16;
const statuses = ["info", "ok", "fail"] as const;

/** Columns of values hold whole numbers of 32 bits, and these: null, and what does not fit. */
const nothing = -(2 ** 31) + 1;
const elsewhere = -(2 ** 31);
const largest = 2 ** 31;

/** And those of indices, whole numbers from 0 on, these: */
const never = 2 ** 32 - 1;
const index_elsewhere = 2 ** 32 - 2;

type Field = "process" | "input" | "output";
type Index = "invoked" | "returned";

/** Names and keys repeat in every operation: here they are numbers. */
class Names {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

/** So many operations. Blocks are not copied when the history grows. */
class Block {
  readonly names: Names;
  readonly process = new Int32Array(block_size);
  readonly f = new Uint32Array(block_size);
  readonly key = new Uint32Array(block_size);
  readonly status = new Uint8Array(block_size);
  readonly input = new Int32Array(block_size);
  readonly output = new Int32Array(block_size);
  readonly invoked = new Uint32Array(block_size);
  readonly returned = new Uint32Array(block_size);
  readonly invoked_ns = new Float64Array(block_size);
  readonly returned_ns = new Float64Array(block_size);
  readonly invoked_line = new Uint32Array(block_size);
  readonly returned_line = new Uint32Array(block_size);
  readonly indices: Readonly<Record<Index, Map<number, number>>> = {
    invoked: new Map(),
    returned: new Map(),
  };
  readonly others: Readonly<Record<Field, Map<number, unknown>>> = {
    process: new Map(),
    input: new Map(),
    output: new Map(),
  };
  readonly errors = new Map<number, string>();

  constructor(names: Names) {
    this.names = names;
  }
}

/** Where an operation lies. It looks like any other operation, but its fields are not its own: it cannot be copied by spread. */
class Row implements Open {
  readonly #block: Block;
  readonly #at: number;

  constructor(block: Block, at: number) {
    this.#block = block;
    this.#at = at;
  }

  get process(): Operation["process"] {
    return this.#value("process") as Operation["process"];
  }
  set process(process: Operation["process"]) {
    this.#keep("process", process);
  }
  get f(): string {
    return this.#block.names.texts[this.#block.f[this.#at]!]!;
  }
  set f(f: string) {
    this.#block.f[this.#at] = this.#block.names.numberOf(f);
  }
  get key(): string {
    return this.#block.names.texts[this.#block.key[this.#at]!]!;
  }
  set key(key: string) {
    this.#block.key[this.#at] = this.#block.names.numberOf(key);
  }
  get input(): unknown {
    return this.#value("input");
  }
  set input(input: unknown) {
    this.#keep("input", input);
  }
  get output(): unknown {
    return this.#value("output");
  }
  set output(output: unknown) {
    this.#keep("output", output);
  }
  get status(): Operation["status"] {
    return statuses[this.#block.status[this.#at]!]!;
  }
  set status(status: Operation["status"]) {
    this.#block.status[this.#at] = statuses.indexOf(status);
  }
  get error(): string | undefined {
    return this.#block.errors.get(this.#at);
  }
  set error(error: string | undefined) {
    if (error !== undefined) this.#block.errors.set(this.#at, error);
  }
  get invoked(): number {
    return this.#index("invoked");
  }
  set invoked(index: number) {
    this.#keepIndex("invoked", index);
  }
  get returned(): number {
    return this.#index("returned");
  }
  set returned(index: number) {
    this.#keepIndex("returned", index);
  }
  get invoked_ns(): number {
    return this.#block.invoked_ns[this.#at]!;
  }
  set invoked_ns(ns: number) {
    this.#block.invoked_ns[this.#at] = ns;
  }
  get returned_ns(): number {
    return this.#block.returned_ns[this.#at]!;
  }
  set returned_ns(ns: number) {
    this.#block.returned_ns[this.#at] = ns;
  }
  get invoked_line(): number | undefined {
    return this.#block.invoked_line[this.#at] || undefined;
  }
  set invoked_line(line: number | undefined) {
    this.#block.invoked_line[this.#at] = line ?? 0;
  }
  get returned_line(): number | undefined {
    return this.#block.returned_line[this.#at] || undefined;
  }
  set returned_line(line: number | undefined) {
    this.#block.returned_line[this.#at] = line ?? 0;
  }

  #value(field: Field): unknown {
    const number = this.#block[field][this.#at]!;
    if (number !== elsewhere) return number === nothing ? null : number;
    return this.#block.others[field].get(this.#at);
  }

  #keep(field: Field, value: unknown): void {
    const column = this.#block[field];
    const { others } = this.#block;
    others[field].delete(this.#at);
    if (value === null) column[this.#at] = nothing;
    else if (fits(value)) column[this.#at] = value;
    else {
      column[this.#at] = elsewhere;
      if (value !== undefined) others[field].set(this.#at, value);
    }
  }

  #index(field: Index): number {
    const number = this.#block[field][this.#at]!;
    if (number < index_elsewhere) return number;
    return number === never ? Infinity : this.#block.indices[field].get(this.#at)!;
  }

  #keepIndex(field: Index, index: number): void {
    const is_small = Number.isInteger(index) && index >= 0 && index < index_elsewhere;
    if (!is_small && index !== Infinity) this.#block.indices[field].set(this.#at, index);
    this.#block[field][this.#at] = is_small ? index : index === Infinity ? never : index_elsewhere;
  }
}

/** -0 is another value than 0, and would come back as it. */
const fits = (value: unknown): value is number =>
  typeof value === "number" &&
  Number.isInteger(value) &&
  value > nothing &&
  value < largest &&
  !Object.is(value, -0);

/** Makes operations in blocks. */
export class OperationTable {
  readonly #names = new Names();
  #block: Block | undefined;
  #used = 0;

  /** An operation like this one, whose numbers lie in columns. */
  add(operation: Open): Open {
    if (this.#block === undefined || this.#used === block_size) {
      this.#block = new Block(this.#names);
      this.#used = 0;
    }
    return Object.assign(new Row(this.#block, this.#used++), operation);
  }
}
