// What units see: exact intervals along each axis of each input, from runs of numbers that grow evenly.
const AXES = [[], ["position"], ["row", "column"], ["depth", "row", "column"]];

function unpacked(runs) {
  const found = [];
  for (const [count, step, ...period] of runs)
    for (let i = 0; i < count; i++) found.push(period[i % period.length] + step * Math.floor(i / period.length));
  return found;
}

// Numbers of values of which each new one, written as -1, is the next.
function counted(column) {
  let next = 0;
  return column.map(number => (number < 0 ? next++ : number));
}

class Network {
  constructor(data) {
    Object.assign(this, data);
    for (const column of ["types", "shapes", "fields", "formulas"]) this[column] = counted(data[column]);
    this.boxes = data.boxes.map((back, number) => number - back);
    const {tensors, size, stays, offset, align} = data.memory;
    // Of each tensor: the number of its layer or input, its bytes, its first and last step, and where it begins.
    this.memory.tensors = tensors.map((number, i) => [
      number,
      size[i] * align,
      Math.max(number, 0),
      Math.max(number, 0) + stays[i],
      offset[i] * align,
    ]);
    this.numbers = new Map(this.names.map((name, number) => [name, number]));
    this.unpackedTables = [];
  }

  // The last layer of a scope.
  lastOf(scope) {
    const found = this.names.findLastIndex(name => scope && name.startsWith(`${scope}.`));
    return found < 0 ? undefined : found;
  }

  // The formulas of a layer: a form, whose holes its numbers fill; those below 0 have commas.
  formula(layer) {
    if (!this.formulas.length) return "Not on this page.";
    const [form, ...numbers] = this.texts[this.formulas[layer]];
    const fill = number => (number === undefined ? "" : number < 0 ? exact(-number) : String(number));
    const parts = this.forms[form].split("\0");
    return parts.map((part, i) => part + fill(numbers[i])).join("") || "It has none.";
  }

  table(number) {
    const [first, last, form = [], forms] = this.tables[number];
    return (this.unpackedTables[number] ??= {
      first: unpacked(first),
      last: unpacked(last),
      form: unpacked(form),
      forms,
    });
  }

  // The shape as the spec writes it, and the sizes of the axes along which units lie: none of a vector.
  shape(layer) {
    return this.sizes[this.shapes[layer]];
  }
  places(layer) {
    const shape = this.shape(layer);
    return this.channelsLast ? shape.slice(0, -1) : shape.slice(1);
  }
  channels(layer) {
    const shape = this.shape(layer);
    return this.channelsLast ? shape[shape.length - 1] : shape[0];
  }

  intervals(number, place) {
    const {first, last, form, forms} = this.table(number);
    if (last[place] < 0) return [];
    if (!forms) return [[first[place], last[place]]];
    const found = [];
    let at = first[place];
    forms[form[place]].forEach((length, turn) => {
      if (turn % 2 === 0) found.push([at, at + length - 1]);
      at += length;
    });
    return found;
  }

  // For each input that the layer depends on the intervals along each axis, null where nothing of it is seen;
  // null where the units of the layer are not told of.
  seen(layer, unit) {
    const number = this.sees[layer];
    if (number === null) return null;
    const found = new Map();
    for (const [input, axes, alive] of this.sights[number]) {
      if (!found.has(input)) found.set(input, null);
      const own = axes.map(([axis, table]) => this.intervals(table, axis === null ? 0 : unit[axis]));
      const dead =
        own.some(axis => !axis.length) || alive.some(([axis, table]) => !this.intervals(table, unit[axis]).length);
      if (dead) continue;
      const before = found.get(input);
      found.set(input, before ? own.map((axis, i) => united(axis.concat(before[i]))) : own);
    }
    return found;
  }

  // The part of the first input that a unit sees, from 0 to 1.
  share(layer, unit) {
    const axes = this.seen(layer, unit)?.get(0),
      [, [, ...sizes]] = this.inputs[0];
    return axes ? axes.reduce((part, intervals, i) => (part * total(intervals)) / sizes[i], 1) : 0;
  }

  // The unit whose field has its middle nearest to a pixel of an input.
  unitAround(layer, input, pixel, unit) {
    const found = [...unit],
      number = this.sees[layer];
    if (number === null) return found;
    for (const [own, axes] of this.sights[number]) {
      if (own !== input) continue;
      axes.forEach(([axis, number], i) => {
        if (axis === null || pixel[i] === undefined) return;
        const {first, last} = this.table(number);
        let least = Infinity;
        first.forEach((start, place) => {
          const distance = Math.abs((start + last[place]) / 2 - pixel[i]);
          if (last[place] >= 0 && distance < least) [least, found[axis]] = [distance, place];
        });
      });
    }
    return found;
  }
}

function united(intervals) {
  const found = [];
  for (const [first, last] of intervals.sort((a, b) => a[0] - b[0])) {
    const before = found[found.length - 1];
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else found.push([first, last]);
  }
  return found;
}

const total = intervals => intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);

// One sentence about a unit, as pairs of words and of what is to stand out.
function sentence(network, layer, unit) {
  const name = network.names[layer],
    places = network.places(layer),
    seen = network.seen(layer, unit);
  if (seen === null) {
    const asked = places.length
      ? ` --unit ${"ZYX"
          .slice(3 - places.length)
          .split("")
          .join(",")}`
      : "";
    const known = network.opaque ? "if no layer on the way is opaque, " : "";
    return [
      ["What single units of ", name],
      [` see is not told on this page; ${known}`, `cnncalc receptive-field SPEC ${name}${asked}`],
      [" follows one.", ""],
    ];
  }
  if (!seen.size)
    return [
      ["No input reaches ", name],
      [": it is the same for every input.", ""],
    ];
  const found = places.length
    ? [
        ["Unit ", unit.join(", ")],
        [" of ", name],
        [" sees ", ""],
      ]
    : [
        ["The ", plural(network.channels(layer), "feature")],
        [" of ", name],
        [network.channels(layer) === 1 ? " sees " : " together see ", ""],
      ];
  const several = network.inputs.length > 1;
  [...seen].forEach(([input, axes], number) => {
    const [inputName, [, ...sizes]] = network.inputs[input];
    if (several) found.push([`${number ? "; " : ""}of `, inputName], [" ", ""]);
    if (axes === null) found.push([several ? "" : "padding only: ", "nothing"]);
    else found.push(...extent(axes, sizes));
  });
  return [...found, [".", ""]];
}

// The intervals in words: rows 16 to 114 and columns 96 to 194, and how many that makes.
function extent(axes, sizes) {
  if (!sizes.length) return [["", "all of it"]];
  const counts = axes.map(total);
  const found = axes.map((intervals, i) => {
    const first = intervals[0][0],
      last = intervals[intervals.length - 1][1],
      several = first !== last;
    const joint = i === 0 ? "" : i === axes.length - 1 ? " and " : ", ";
    const some = counts[i] === last - first + 1 ? "" : `${exact(counts[i])} of the `;
    return [
      `${joint}${some}${AXES[sizes.length][i]}${several ? "s" : ""} `,
      several ? `${first} to ${last}` : `${first}`,
    ];
  });
  const share = axes.reduce((part, _, i) => (part * counts[i]) / sizes[i], 1);
  const percent =
    share === 1 ? "all" : share < 0.001 ? "less than 0.1 %" : `${Math.min(share * 100, 99.9).toFixed(1)} %`;
  const what = ["", "position", "pixel", "voxel"][sizes.length] + (counts.every(count => count === 1) ? "" : "s");
  return [...found, [`: ${times(counts)} ${what}, ${percent} of the input`, ""]];
}
