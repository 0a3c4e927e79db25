const MOST_SHARE = 0.4;
const middle = size => Math.floor(size / 2);

// The state of the page, which its address tells, and what the parts make of it.
class Page {
  constructor(networks, photograph) {
    this.networks = networks;
    this.sight = new Sight(this, photograph);
    this.layers = new Layers(this);
    this.memory = new Memory(this);
    for (const name of ["popstate", "hashchange"]) window.addEventListener(name, () => this.follow());
    window.addEventListener("resize", () => requestAnimationFrame(() => this.redraw()));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    document
      .querySelectorAll("[data-share]")
      .forEach(cell => cell.style.setProperty("--share", `${100 * cell.dataset.share}%`));
    this.watch();
    this.follow();
  }

  // On a narrow page the sentence stays in view while the picture is not.
  watch() {
    const brief = document.getElementById("brief"),
      card = document.getElementById("sees");
    new IntersectionObserver(([entry]) => {
      brief.hidden = entry.isIntersecting;
    }).observe(card);
    for (const [link, target] of [
      [brief, card],
      [document.querySelector(".skip"), document.getElementById("layers-table")],
    ])
      link.addEventListener("click", event => {
        event.preventDefault();
        target.scrollIntoView();
        (target.querySelector("[tabindex='0']") ?? target).focus({preventScroll: true});
      });
  }

  // What the address says: the network, where there are several, the layer and the unit.
  follow() {
    const text = location.hash.slice(1),
      first = !this.network;
    if (text === this.followed && this.network) return;
    this.followed = text;
    const [words, ...units] = text.split(",");
    const parts = words.split("/").map(part => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
    const named = this.networks.length > 1 ? parts.shift() : null;
    const network = this.networks.find(one => one.address === named || one.label === named) ?? this.networks[0];
    const layer = network.numbers.get(parts[0]) ?? network.lastOf(parts[0]);
    this.open(network);
    this.select(layer ?? this.usual(network), units.map(Number), layer !== undefined, !first);
  }

  // The last layer of which a unit in the middle sees a part alone, or the last with more than one place, or the last.
  usual(network) {
    let several = network.names.length - 1;
    for (let layer = several; layer >= 0; layer--) {
      const places = network.places(layer);
      if (network.sees[layer] === null || !places.some(size => size > 1)) continue;
      if (network.places(several).every(size => size === 1)) several = layer;
      const share = network.share(layer, places.map(middle));
      if (share > 0 && share <= MOST_SHARE) return layer;
    }
    return several;
  }

  open(network) {
    if (this.network === network) return;
    this.network = network;
    this.layer = this.usual(network);
    const number = this.networks.indexOf(network);
    document.querySelectorAll("[data-network]").forEach(part => {
      part.hidden = Number(part.dataset.network) !== number;
    });
    document
      .querySelectorAll("nav a")
      .forEach((link, i) =>
        i === number ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current"),
      );
    this.draw(network, document.querySelectorAll(".figure")[number]);
    this.layers.load(network);
    this.sight.load(network);
    this.memory.load(network);
  }

  // The unit that was asked for, as far as there is one, or the middle one.
  select(layer, unit = [], reveal = false, scroll = false) {
    const places = this.network.places(layer);
    this.layer = layer;
    this.unit = places.map((size, axis) =>
      Number.isInteger(unit[axis]) ? clamp(unit[axis], 0, size - 1) : middle(size),
    );
    this.layers.select(layer, reveal, scroll);
    this.sight.resizeMap();
    this.sight.show(this.unit);
    const name = this.network.names[layer];
    document.getElementById("formula-name").textContent = name;
    document.getElementById("formula").textContent = this.network.formula(layer);
    this.memory.draw();
    const parts = [...document.querySelectorAll(".figure:not([hidden]) [data-layer]")],
      drawn = this.drawnAs(name, parts);
    parts.forEach(part => part.classList.toggle("selected", part === drawn));
  }

  choose(layer, quiet = false) {
    if (layer === this.layer) return;
    const places = this.network.places(layer),
      old = this.network.places(this.layer);
    const near =
      places.length === old.length
        ? places.map((size, axis) => Math.floor(((this.unit[axis] + 0.5) / old[axis]) * size))
        : [];
    this.select(layer, near);
    this.write(quiet);
  }

  move(unit, push = false) {
    const same = unit.every((place, axis) => place === this.unit[axis]);
    this.unit = unit;
    this.sight.show(unit);
    if (!same || push) this.write(!push || same);
  }

  // Say in the address what is selected: as a new entry of the history, or quietly in place of the last.
  write(quiet) {
    const several = this.networks.length > 1 ? `${encodeURIComponent(this.network.address)}/` : "";
    const text = several + [encodeURIComponent(this.network.names[this.layer]), ...this.unit].join(",");
    this.followed = text;
    try {
      history[quiet ? "replaceState" : "pushState"](null, "", `#${text}`);
    } catch {
      /* a frame without an address of its own has no history */
    }
  }

  redraw() {
    this.sight.resize();
    this.sight.resizeMap();
    this.sight.show(this.unit);
    this.memory.draw();
  }

  // Put the figure in its frame, once.
  draw(network, frame) {
    if (!network.figure || frame.firstElementChild) return;
    const parsed = new DOMParser().parseFromString(network.figure, "image/svg+xml");
    const figure = document.importNode(parsed.documentElement, true);
    figure.setAttribute("role", "group"); // an image would hide the boxes that can be pressed
    frame.replaceChildren(figure);
    this.link(frame, network);
  }

  // The first layer of those that a part of a figure stands for.
  boxOf(part, network) {
    return network.boxes[network.numbers.get(part.dataset.layer)];
  }

  // The part of the figure that a layer is drawn in: its box, that of its scope or, of scopes that are alike and drawn
  // once, that of the layer of the same name but for a lower number.
  drawnAs(name, parts) {
    const {numbers, boxes} = this.network;
    const own = wanted => {
      if (!numbers.has(wanted)) return null;
      const box = parts.find(part => this.boxOf(part, this.network) === boxes[numbers.get(wanted)]);
      if (box) return box;
      const words = wanted.split(".");
      for (let count = words.length - 1; count > 0; count--) {
        const inside = parts.filter(part => part.dataset.layer.startsWith(`${words.slice(0, count).join(".")}.`));
        if (inside.length) return inside.length === 1 ? inside[0] : null;
      }
      return null;
    };
    let found = own(name);
    const words = name.split(".");
    for (let place = words.length - 1; place >= 0 && !found; place--) {
      const [, before, digits] = words[place].match(/^(.*?)(\d{0,4})$/);
      for (let number = Number(digits) - 1; number >= 0 && !found; number--)
        found = own([...words.slice(0, place), before + number, ...words.slice(place + 1)].join("."));
    }
    return found;
  }

  // The boxes of a figure select their layers.
  link(figure, network) {
    const parts = [...figure.querySelectorAll("[data-layer]")].filter(part => this.boxOf(part, network) !== undefined);
    const moves = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Enter: 0, " ": 0};
    parts.forEach((part, number) => {
      part.setAttribute("role", "button");
      part.setAttribute("aria-label", part.dataset.layer);
      part.setAttribute("tabindex", number ? "-1" : "0");
      part.addEventListener("click", () => this.choose(this.boxOf(part, network)));
      part.addEventListener("keydown", event => {
        if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        const next = parts[clamp(number + moves[event.key], 0, parts.length - 1)];
        part.setAttribute("tabindex", "-1");
        next.setAttribute("tabindex", "0");
        next.focus();
        this.choose(this.boxOf(next, network), true);
      });
    });
  }
}

async function start() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), letter => letter.charCodeAt(0));
  const text = new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
  const photograph = document.getElementById("photograph");
  if (photograph) await photograph.decode();
  const networks = JSON.parse(await text).map(data => new Network(data));
  window.page = new Page(networks, photograph);
  document.documentElement.dataset.ready = "";
}

start().catch(error => {
  document.body.prepend(element("p", {class: "card"}, `This page needs a browser of 2023 or later: ${error.message}`));
  throw error;
});
