/**
 * Runs a small convolutional network on one picture, in plain arithmetic: no runtime of megabytes is loaded.
 *
 * In:     a model of the operations below; a picture, channels last.
 * Out:    the named outputs, channels last; what they do not need is not computed.
 * Holds:  an operation that is not below throws ModelError when the network is made, not while it runs.
 * Why:    docs/adr/0010-copies-are-blurred-in-the-browser.md
 */
import { type Model, ModelError, type Node, type Weight } from "./model.ts";

/** Values of `channels` at each of width × height places, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float64Array;
}
type Step = { readonly node: Node; readonly run: (inputs: readonly Plane[]) => Plane };

const SAME = new Set(["Transpose", "Reshape"]); // they only lay the same values out as we have them already

export class Net {
  readonly #steps: readonly Step[];
  readonly #outputs: readonly string[];

  constructor(model: Model, outputs: readonly string[]) {
    this.#outputs = outputs;
    const needed = new Set(outputs);
    for (const node of [...model.nodes].reverse()) if (needed.has(node.output)) node.inputs.forEach((name) => needed.add(name));
    this.#steps = model.nodes.filter((node) => needed.has(node.output)).map((node) => ({ node, run: stepOf(node, model.weights) }));
    for (const output of outputs) {
      if (!this.#steps.some(({ node }) => node.output === output)) throw new ModelError(`it has no output ${output}`);
    }
  }

  run(input: Plane): Plane[] {
    const known = new Map([["input", input]]);
    for (const { node, run } of this.#steps) {
      const inputs = node.inputs.flatMap((name) => known.get(name) ?? []);
      known.set(node.output, run(inputs));
    }
    return this.#outputs.map((output) => known.get(output) as Plane);
  }
}

function stepOf(node: Node, weights: ReadonlyMap<string, Weight>): Step["run"] {
  const first = (inputs: readonly Plane[]): Plane => {
    const [plane] = inputs;
    if (!plane) throw new ModelError(`${node.op} has nothing to work on`);
    return plane;
  };
  if (SAME.has(node.op)) return first;
  if (node.op === "Conv") {
    const act = convOf(node, weights);
    return (inputs) => act(first(inputs));
  }
  if (node.op === "Relu") return (inputs) => map(first(inputs), (x) => (x > 0 ? x : 0));
  if (node.op === "Sigmoid") return (inputs) => map(first(inputs), (x) => 1 / (1 + Math.exp(-x)));
  if (node.op === "MaxPool") return (inputs) => pool(first(inputs));
  if (node.op === "Resize") return (inputs) => doubled(first(inputs));
  if (node.op === "Add") return (inputs) => add(first(inputs), first(inputs.slice(1)));
  throw new ModelError(`it needs ${node.op}`);
}

function convOf(node: Node, weights: ReadonlyMap<string, Weight>): (plane: Plane) => Plane {
  const weight = weights.get(node.inputs[1] ?? "");
  const bias = weights.get(node.inputs[2] ?? "");
  if (!weight || !bias) throw new ModelError("a convolution has no weights");
  const [out = 0, per = 0, size = 0] = weight.dims;
  const group = node.numbers.get("group")?.[0] ?? 1;
  const stride = node.numbers.get("strides")?.[0] ?? 1;
  if (size === 1 && group === 1 && stride === 1) return (plane) => pointwise(plane, weight.data, bias.data, out);
  if (size === 3 && group === out && per === 1 && stride === 1) {
    const taps = byPlace(weight.data, out, 9);
    return (plane) => depthwise(plane, taps, bias.data);
  }
  if (size === 3 && group === 1) return (plane) => dense(plane, weight.data, bias.data, out, stride);
  throw new ModelError("it has a convolution of another shape");
}

/** 1 × 1: two places and four outputs at a time, so that what is read is used often. */
function pointwise(from: Plane, weight: Float64Array, bias: Float64Array, out: number): Plane {
  const { channels: c, data: x } = from;
  const count = from.width * from.height;
  const whole = out - (out % 4);
  const data = new Float64Array(count * out);
  for (let p = 0; p < count; p += 2) {
    const a = p * c;
    const b = p + 1 < count ? a + c : a; // the last of an odd number is computed twice
    const to = p * out;
    const next = b === a ? to : to + out;
    for (let o = 0; o < whole; o += 4) {
      const w0 = o * c, w1 = w0 + c, w2 = w1 + c, w3 = w2 + c;
      let s0 = bias[o]!, s1 = bias[o + 1]!, s2 = bias[o + 2]!, s3 = bias[o + 3]!;
      let t0 = s0, t1 = s1, t2 = s2, t3 = s3;
      for (let i = 0; i < c; i++) {
        const u = x[a + i]!, v = x[b + i]!;
        const k0 = weight[w0 + i]!, k1 = weight[w1 + i]!, k2 = weight[w2 + i]!, k3 = weight[w3 + i]!;
        s0 += u * k0; s1 += u * k1; s2 += u * k2; s3 += u * k3;
        t0 += v * k0; t1 += v * k1; t2 += v * k2; t3 += v * k3;
      }
      data[to + o] = s0; data[to + o + 1] = s1; data[to + o + 2] = s2; data[to + o + 3] = s3;
      data[next + o] = t0; data[next + o + 1] = t1; data[next + o + 2] = t2; data[next + o + 3] = t3;
    }
    for (let o = whole; o < out; o++) {
      let s = bias[o]!, t = s;
      for (let i = 0; i < c; i++) {
        const k = weight[o * c + i]!;
        s += x[a + i]! * k;
        t += x[b + i]! * k;
      }
      data[to + o] = s;
      data[next + o] = t;
    }
  }
  return { width: from.width, height: from.height, channels: out, data };
}

/** 3 × 3 on each channel alone; `taps` by place, then channel. */
function depthwise(from: Plane, taps: Float64Array, bias: Float64Array): Plane {
  const { width, height, channels: c } = from;
  const x = framed(from);
  const row = (width + 2) * c;
  const data = new Float64Array(width * height * c);
  for (let k = 0; k < c; k++) {
    const t0 = taps[k]!, t1 = taps[c + k]!, t2 = taps[2 * c + k]!;
    const t3 = taps[3 * c + k]!, t4 = taps[4 * c + k]!, t5 = taps[5 * c + k]!;
    const t6 = taps[6 * c + k]!, t7 = taps[7 * c + k]!, t8 = taps[8 * c + k]!;
    const base = bias[k]!;
    for (let y = 0; y < height; y++) {
      let a = y * row + k, to = y * width * c + k;
      // Nine values slide along the row: three are read for each place.
      let a0 = x[a]!, a1 = x[a + c]!, b0 = x[a + row]!, b1 = x[a + row + c]!, d0 = x[a + 2 * row]!, d1 = x[a + 2 * row + c]!;
      for (let z = 0; z < width; z++) {
        const e = a + 2 * c;
        const a2 = x[e]!, b2 = x[e + row]!, d2 = x[e + 2 * row]!;
        data[to] = base + a0 * t0 + a1 * t1 + a2 * t2 + b0 * t3 + b1 * t4 + b2 * t5 + d0 * t6 + d1 * t7 + d2 * t8;
        a0 = a1; a1 = a2; b0 = b1; b1 = b2; d0 = d1; d1 = d2;
        a += c;
        to += c;
      }
    }
  }
  return { width, height, channels: c, data };
}

/** 3 × 3 over all channels, for the first layer. */
function dense(from: Plane, weight: Float64Array, bias: Float64Array, out: number, stride: number): Plane {
  const c = from.channels;
  const x = framed(from);
  const row = (from.width + 2) * c;
  const width = Math.ceil(from.width / stride), height = Math.ceil(from.height / stride);
  const taps = new Float64Array(weight.length); // from output, channel, place to output, place, channel
  for (let o = 0; o < out; o++) for (let i = 0; i < c; i++) for (let p = 0; p < 9; p++) taps[(o * 9 + p) * c + i] = weight[(o * c + i) * 9 + p] ?? 0;
  const patch = new Float64Array(9 * c);
  const data = new Float64Array(width * height * out);
  for (let y = 0; y < height; y++) {
    for (let z = 0; z < width; z++) {
      const at = y * stride * row + z * stride * c;
      for (let r = 0, n = 0; r < 3; r++) for (let i = 0; i < 3 * c; i++) patch[n++] = x[at + r * row + i]!;
      for (let o = 0; o < out; o++) {
        let sum = bias[o]!;
        for (let n = 0; n < 9 * c; n++) sum += patch[n]! * taps[o * 9 * c + n]!;
        data[(y * width + z) * out + o] = sum;
      }
    }
  }
  return { width, height, channels: out, data };
}

/** From [outer][place] to [place][outer]. */
function byPlace(weight: Float64Array, outer: number, places: number): Float64Array {
  const turned = new Float64Array(weight.length);
  for (let o = 0; o < outer; o++) for (let p = 0; p < places; p++) turned[p * outer + o] = weight[o * places + p] ?? 0;
  return turned;
}

/** The values with a border of zeros one place wide. */
function framed({ width, height, channels, data }: Plane): Float64Array {
  const row = (width + 2) * channels;
  const wide = new Float64Array(row * (height + 2));
  for (let y = 0; y < height; y++) wide.set(data.subarray(y * width * channels, (y + 1) * width * channels), (y + 1) * row + channels);
  return wide;
}

function pool(from: Plane): Plane {
  const { channels: c, data: x } = from;
  const [width, height] = [from.width >> 1, from.height >> 1];
  const row = from.width * c;
  const data = new Float64Array(width * height * c);
  for (let y = 0; y < height; y++) {
    for (let z = 0; z < width; z++) {
      const at = 2 * y * row + 2 * z * c;
      for (let i = 0; i < c; i++) {
        const [a, b, d, e] = [x[at + i]!, x[at + c + i]!, x[at + row + i]!, x[at + row + c + i]!];
        data[(y * width + z) * c + i] = Math.max(a, b, d, e);
      }
    }
  }
  return { width, height, channels: c, data };
}

function doubled(from: Plane): Plane {
  const { channels: c, data: x } = from;
  const [width, height] = [from.width * 2, from.height * 2];
  const data = new Float64Array(width * height * c);
  for (let y = 0; y < height; y++) {
    for (let z = 0; z < width; z++) {
      const at = ((y >> 1) * from.width + (z >> 1)) * c;
      data.set(x.subarray(at, at + c), (y * width + z) * c);
    }
  }
  return { width, height, channels: c, data };
}

function map(from: Plane, act: (x: number) => number): Plane {
  const data = new Float64Array(from.data.length);
  for (let i = 0; i < data.length; i++) data[i] = act(from.data[i]!);
  return { ...from, data };
}

function add(one: Plane, other: Plane): Plane {
  if (one.data.length !== other.data.length) throw new ModelError("two layers that are added differ in size");
  const data = new Float64Array(one.data.length);
  for (let i = 0; i < data.length; i++) data[i] = one.data[i]! + other.data[i]!;
  return { ...one, data };
}
