/**
 * Reads the one kind of ONNX file that we run: a chain of named operations with their weights.
 *
 * In:     the file's bytes, as somebody published it.
 * Out:    nodes in order, and weights by name.
 * Holds:  a file that is none throws ModelError and nothing else.
 * Absent: the arithmetic (`net.ts`).
 *
 * Source: onnx.proto, ModelProto.graph (7), GraphProto.node (1) and initializer (5).
 */

export class ModelError extends Error {
  constructor(why: string) {
    super(`This is not a model that can be run here: ${why}.`);
    this.name = "ModelError";
  }
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}
export interface Weight {
  readonly dims: readonly number[];
  /** Floats; empty for shapes and the like, which are not needed. */
  readonly data: Float64Array;
}
export interface Model {
  readonly nodes: readonly Node[];
  readonly weights: ReadonlyMap<string, Weight>;
}

type Field = readonly [number: number, value: number | Uint8Array];
const FLOAT = 1;

export function readModel(file: Uint8Array): Model {
  const graph = [...fields(file)].find(([number]) => number === 7)?.[1];
  if (!(graph instanceof Uint8Array)) throw new ModelError("it has no graph");
  const nodes: Node[] = [];
  const weights = new Map<string, Weight>();
  for (const [number, value] of fields(graph)) {
    if (number === 1) nodes.push(readNode(bytes(value)));
    if (number === 5) {
      const [name, weight] = readWeight(bytes(value));
      weights.set(name, weight);
    }
  }
  return { nodes, weights };
}

function readNode(data: Uint8Array): Node {
  const inputs: string[] = [];
  const numbers = new Map<string, number[]>();
  let [op, output] = ["", ""];
  for (const [number, value] of fields(data)) {
    if (number === 1) inputs.push(name(value));
    if (number === 2) output = name(value);
    if (number === 4) op = name(value);
    if (number === 5) {
      const [key, found] = readAttribute(bytes(value));
      numbers.set(key, found);
    }
  }
  return { op, inputs, output, numbers };
}

function readAttribute(data: Uint8Array): [string, number[]] {
  let key = "";
  const found: number[] = [];
  for (const [number, value] of fields(data)) {
    if (number === 1) key = name(value);
    if (number === 3 && typeof value === "number") found.push(value); // i
    if (number === 8) found.push(...integers(value)); // ints
  }
  return [key, found];
}

function readWeight(data: Uint8Array): [string, Weight] {
  const dims: number[] = [];
  let [key, type] = ["", 0];
  let raw: Uint8Array = new Uint8Array();
  for (const [number, value] of fields(data)) {
    if (number === 1) dims.push(...integers(value));
    if (number === 2 && typeof value === "number") type = value;
    if (number === 8) key = name(value);
    if (number === 9) raw = bytes(value);
  }
  const count = type === FLOAT ? dims.reduce((product, size) => product * size, 1) : 0;
  if (raw.length < 4 * count) throw new ModelError(`the weight ${key} is cut short`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return [key, { dims, data: Float64Array.from({ length: count }, (_, i) => view.getFloat32(4 * i, true)) }];
}

/** The fields of one protocol-buffers message. */
function* fields(data: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = data[at++];
      if (byte === undefined || scale > 2 ** 63) throw new ModelError("a number is cut off");
      value += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < data.length) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) yield [number, varint()];
    else {
      const length = wire === 2 ? varint() : wire === 5 ? 4 : wire === 1 ? 8 : -1;
      if (length < 0 || at + length > data.length) throw new ModelError("a field is cut off");
      yield [number, data.subarray(at, at + length)];
      at += length;
    }
  }
}

function integers(value: number | Uint8Array): number[] {
  if (typeof value === "number") return [value];
  const found: number[] = [];
  let [held, scale] = [0, 1];
  for (const byte of value) {
    held += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      found.push(held);
      [held, scale] = [0, 1];
    }
  }
  return found;
}

function bytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === "number") throw new ModelError("a field has another kind");
  return value;
}
const name = (value: number | Uint8Array): string => new TextDecoder().decode(bytes(value));
