// The inputs, dark where the unit sees nothing, and the map of units.
class Sight {
  constructor(page, photograph) {
    this.page = page;
    this.photograph = photograph;
    this.box = document.getElementById("pictures");
    this.map = document.getElementById("map");
    this.slice = document.getElementById("slice");
    this.text = document.getElementById("sentence");
    this.canvases = [];
    this.pointing(this.map, event => this.unitAt(event));
    this.map.addEventListener("keydown", event => this.key(event));
    this.slice.addEventListener("input", () => this.page.move([Number(this.slice.value), ...this.page.unit.slice(1)]));
  }

  // Following the mouse or a finger: what is under it is shown, and a click or the finger's end selects it.
  pointing(canvas, unitAt) {
    const show = event => {
      const unit = unitAt(event);
      if (unit) this.show(unit);
      return unit;
    };
    canvas.addEventListener("pointermove", show);
    canvas.addEventListener("pointerdown", event => {
      if (event.pointerType !== "mouse") canvas.setPointerCapture(event.pointerId);
      show(event);
    });
    canvas.addEventListener("pointerleave", () => this.show(this.page.unit));
    canvas.addEventListener("pointerup", event => {
      const unit = unitAt(event);
      if (unit) this.page.move(unit, true);
    });
    canvas.addEventListener("pointercancel", () => this.show(this.page.unit));
  }

  load(network) {
    this.network = network;
    this.canvases = network.inputs.map(([name, [, ...sizes]], input) => {
      const canvas = element("canvas", {role: "img"});
      this.pointing(canvas, event =>
        this.page.network.unitAround(this.page.layer, input, this.pixelAt(canvas, sizes, event), this.page.unit),
      );
      return {canvas, name, sizes, plain: null};
    });
    const several = network.inputs.length > 1;
    this.box.replaceChildren(
      ...this.canvases
        .filter(({sizes}) => sizes.length)
        .map(({canvas, name}) => element("figure", {}, canvas, ...(several ? [element("figcaption", {}, name)] : []))),
    );
    this.box.parentElement.classList.toggle("long", several || network.inputs.every(([, shape]) => shape.length < 3));
    this.resize();
  }

  resize() {
    const several = this.canvases.length > 1,
      ratio = Math.min(window.devicePixelRatio || 1, 2);
    const room = (this.box.clientWidth || 280) / (several ? 2 : 1) - (several ? 8 : 0);
    for (const own of this.canvases) {
      const [high, wide] = own.sizes.length < 2 ? [80, room] : own.sizes.slice(-2);
      const scale = own.sizes.length < 2 ? 1 : Math.min(room / wide, (several ? 220 : 330) / high);
      own.strip = own.sizes.length === 3 ? 18 : 0;
      own.width = Math.max(Math.round(wide * scale), 24);
      own.height = Math.max(Math.round(high * scale), 24);
      own.ratio = ratio;
      own.canvas.width = own.width * ratio;
      own.canvas.height = (own.height + own.strip) * ratio;
      own.canvas.style.width = `${own.width}px`;
      own.canvas.style.height = `${own.height + own.strip}px`;
      own.plain = this.card(own);
    }
  }

  // The input as it is: the photograph, a landscape, or a wave.
  card({sizes, width, height, ratio}) {
    const canvas = element("canvas", {}),
      context = canvas.getContext("2d");
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    if (sizes.length < 2) {
      context.fillStyle = "#16283a";
      context.fillRect(0, 0, canvas.width, canvas.height);
      wave(context, canvas.width, canvas.height);
    } else if (this.photograph) {
      const {naturalWidth: wide, naturalHeight: high} = this.photograph;
      const scale = Math.max(canvas.width / wide, canvas.height / high);
      const [w, h] = [canvas.width / scale, canvas.height / scale];
      context.drawImage(this.photograph, (wide - w) / 2, (high - h) / 2, w, h, 0, 0, canvas.width, canvas.height);
    } else landscape(context, canvas.width, canvas.height);
    return canvas;
  }

  pixelAt(canvas, sizes, event) {
    const box = canvas.getBoundingClientRect(),
      own = this.canvases.find(one => one.canvas === canvas);
    const x = ((event.clientX - box.left) / box.width) * sizes[sizes.length - 1] - 0.5;
    const y = ((event.clientY - box.top) / own.height) * sizes[sizes.length - 2] - 0.5;
    if (sizes.length === 1) return [x];
    if (sizes.length === 2) return [y, x];
    const below = event.clientY - box.top > own.height;
    return below ? [Math.floor(((event.clientX - box.left) / box.width) * sizes[0])] : [undefined, y, x];
  }

  show(unit) {
    const {network, layer} = this.page,
      seen = network.seen(layer, unit);
    this.canvases.forEach(
      (own, input) => own.sizes.length && this.darken(own, seen === null ? undefined : seen.get(input)),
    );
    const pairs = sentence(network, layer, unit);
    this.text.replaceChildren(
      ...pairs.flatMap(([words, marked]) => (marked ? [words, element("b", {}, marked)] : [words])),
    );
    document.getElementById("brief").textContent = pairs.flat().join("");
    this.canvases.forEach(({canvas}) =>
      canvas.setAttribute("aria-label", `The input, dark where nothing is seen. ${pairs.flat().join("")}`),
    );
    this.drawMap(unit);
  }

  // `axes` are undefined where it is not known what is seen, and null where that is nothing.
  darken(own, axes) {
    const {canvas, plain, sizes, width, height, ratio, strip} = own,
      context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(plain, 0, 0);
    if (axes === undefined) return;
    context.fillStyle = "rgba(8, 12, 20, .68)";
    const [wide, high] = [width * ratio, height * ratio];
    const rows = sizes.length < 2 ? [[0, high]] : scaled(axes && axes[axes.length - 2], sizes[sizes.length - 2], high);
    const columns = scaled(axes && axes[axes.length - 1], sizes[sizes.length - 1], wide);
    for (const [start, end] of between(rows, high)) context.fillRect(0, start, wide, end - start);
    for (const [top, bottom] of rows)
      for (const [start, end] of between(columns, wide)) context.fillRect(start, top, end - start, bottom - top);
    if (rows.length && columns.length) {
      const line = 2 * ratio,
        [top, left] = [rows[0][0], columns[0][0]];
      context.strokeStyle = "#ffc93c";
      context.lineWidth = line;
      const [tall, across] = [rows[rows.length - 1][1] - top, columns[columns.length - 1][1] - left];
      context.strokeRect(left + line / 2, top + line / 2, Math.max(across - line, 1), Math.max(tall - line, 1));
    }
    if (!strip) return;
    const depths = scaled(axes && axes[0], sizes[0], wide);
    context.fillStyle = "#8a97a6";
    context.fillRect(0, high + 6 * ratio, wide, 10 * ratio);
    context.fillStyle = "#ffc93c";
    for (const [start, end] of depths) context.fillRect(start, high + 6 * ratio, end - start, 10 * ratio);
  }

  // How units lie on the map: the sizes of a cell, and its rows and columns.
  grid() {
    const places = this.page.network.places(this.page.layer);
    const [high, wide] = places.length < 2 ? [1, places[0] ?? 1] : places.slice(-2);
    return {places, high, wide};
  }

  resizeMap() {
    const {places, high, wide} = this.grid();
    const told = places.length > 0;
    this.map.hidden = !told;
    this.slice.hidden = places.length !== 3;
    if (places.length === 3) this.slice.max = places[0] - 1;
    if (!told) return;
    const room = Math.min(this.map.parentElement.clientWidth || 180, places.length === 1 ? 900 : 230);
    const cell = Math.min(26, room / wide, 230 / high);
    // Maps that are very long are not shown to scale.
    this.cell =
      places.length === 1
        ? [26, room / wide]
        : [Math.max(cell, Math.min(8, 60 / high)), Math.max(cell, Math.min(8, 60 / wide))];
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    [this.tall, this.across] = [Math.max(this.cell[0] * high, 4), Math.max(this.cell[1] * wide, 4)];
    [this.map.width, this.map.height] = [Math.ceil(this.across * ratio), Math.ceil(this.tall * ratio)];
    this.map.style.width = `${this.across}px`;
    this.map.style.height = `${this.tall}px`;
    this.map.dataset.rows = high;
    this.map.dataset.columns = wide;
  }

  drawMap(unit) {
    const {places, high, wide} = this.grid(),
      {network, layer} = this.page;
    const name = network.names[layer],
      channels = network.channels(layer);
    const text = document.getElementById("map-text");
    if (!places.length) {
      text.textContent = `${name}: a vector of ${plural(channels, "feature")}`;
      return;
    }
    const units = places.every(size => size === 1) ? "unit" : "units";
    const counted = `${name}: ${times(places)} ${units}, ${plural(channels, "channel")}`;
    text.textContent = counted;
    this.map.setAttribute("aria-label", `Units of ${counted}. Arrow keys move.`);
    if (places.length === 3) this.slice.value = unit[0];
    const style = getComputedStyle(document.documentElement),
      context = this.map.getContext("2d");
    const [down, right] = [this.map.height / high, this.map.width / wide],
      gap = Math.min(down, right) >= 5 ? 1 : 0;
    context.fillStyle = style.getPropertyValue("--card");
    context.fillRect(0, 0, this.map.width, this.map.height);
    context.fillStyle = style.getPropertyValue("--unit");
    if (gap)
      for (let y = 0; y < high; y++)
        for (let x = 0; x < wide; x++) context.fillRect(x * right, y * down, right - gap, down - gap);
    else context.fillRect(0, 0, this.map.width, this.map.height);
    const [y, x] = places.length < 2 ? [0, unit[0]] : unit.slice(-2),
      least = 4;
    context.fillStyle = style.getPropertyValue("--red");
    const [w, h] = [Math.max(right - gap, least), Math.max(down - gap, least)];
    context.fillRect(clamp(x * right, 0, this.map.width - w), clamp(y * down, 0, this.map.height - h), w, h);
  }

  unitAt(event) {
    const {places, high, wide} = this.grid(),
      box = this.map.getBoundingClientRect();
    const x = clamp(Math.floor(((event.clientX - box.left) / box.width) * wide), 0, wide - 1);
    const y = clamp(Math.floor(((event.clientY - box.top) / box.height) * high), 0, high - 1);
    return places.length === 1 ? [x] : places.length === 2 ? [y, x] : [this.page.unit[0], y, x];
  }

  key(event) {
    const {places} = this.grid(),
      last = places.length - 1,
      unit = [...this.page.unit];
    const moves = {
      ArrowLeft: [last, -1],
      ArrowRight: [last, 1],
      ArrowUp: [last - 1, -1],
      ArrowDown: [last - 1, 1],
      Home: [last, -Infinity],
      End: [last, Infinity],
      PageUp: [last - 2, -1],
      PageDown: [last - 2, 1],
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (move[0] < 0) return;
    unit[move[0]] = clamp(unit[move[0]] + move[1], 0, places[move[0]] - 1);
    this.page.move(unit);
  }
}

// Intervals of pixels as intervals of the canvas, at least one of its pixels wide, and what lies between them.
function scaled(intervals, size, length) {
  return (intervals ?? []).map(([first, last]) => {
    const start = Math.floor((first / size) * length);
    return [start, Math.max(Math.round(((last + 1) / size) * length), start + 1)];
  });
}

function between(intervals, length) {
  const found = [];
  let end = 0;
  for (const [start, next] of [...intervals, [length, length]]) {
    if (start > end) found.push([end, start]);
    end = Math.max(end, next);
  }
  return found;
}
