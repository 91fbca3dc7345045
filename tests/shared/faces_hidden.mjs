// Runs the pages' own face finder and cover over looks at a film. Bundled by rolldown, then run by node.
// In (argv): model, a file of RGBA pictures, an index {looks: [{atMs, pictures: [{width, height, at}]}], at: [ms, ...]}
// Out: the boxes hidden at each of `at`, in shares of the picture.
import { readFileSync } from "node:fs";
import { Cover, shares } from "../../web/core/redact/cover.ts";
import { FaceFinder } from "../../web/core/redact/faces.ts";
import { readModel } from "../../web/core/redact/model.ts";

const [model, pictures, index] = process.argv.slice(2).map((path) => readFileSync(path));
const { looks, at } = JSON.parse(index.toString());
const finder = new FaceFinder(readModel(new Uint8Array(model)));
const found = looks.map(({ atMs, pictures: sizes }) => ({
  atMs,
  boxes: sizes.flatMap(({ width, height, at: from }) =>
    shares(finder.find({ width, height, data: pictures.subarray(from, from + width * height * 4) }), width, height),
  ),
}));
const cover = new Cover(found);
console.log(JSON.stringify({ hidden: at.map((ms) => cover.faces(ms)), withFaces: found.filter(({ boxes }) => boxes.length > 0).length }));
