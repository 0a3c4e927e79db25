// The table of layers: a tree of scopes, a row each, that opens and closes.
const FIELD =
  "Pixels that an interior unit sees along an axis; ~ where paths with different centres merge, " +
  "* where some path sees everything beside others that do not";
const MOST_ROWS = 60,
  MOST_SIBLINGS = 150,
  CHUNK = 100;

// A text, and a brief one in its place where there is little room.
const inTwo = (text, brief) => [element("span", {class: "exact"}, text), element("span", {class: "brief"}, brief)];

class Layers {
  constructor(page) {
    this.page = page;
    this.table = document.getElementById("layers-table");
    this.head = element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...[["layer"], ["type", "kind"], ["output"], ["parameters", null, "params"], ["MACs"], ["field", "field"]].map(
          ([text, name, brief]) =>
            element(
              "th",
              {scope: "col", class: name ?? null, title: name === "field" ? FIELD : null},
              ...(brief ? inTwo(text, brief) : [text]),
            ),
        ),
      ),
    );
    this.body = element("tbody");
    this.table.replaceChildren(this.head, this.body);
    this.body.addEventListener("click", event => this.click(event));
    this.body.addEventListener("keydown", event => this.key(event));
  }

  load(network) {
    this.network = network;
    this.root = {children: scopes(network, 0, network.names.length, 0, ""), level: -1};
    this.parents = new Map();
    const walk = node => {
      for (const child of node.children ?? []) {
        this.parents.set(child, node);
        walk(child);
      }
    };
    walk(this.root);
    let level = this.root.children;
    for (let count = level.length; ;) {
      const inner = level.filter(node => node.children);
      count += inner.reduce((sum, node) => sum + node.children.length, 0);
      if (!inner.length || count > MOST_ROWS) break;
      for (const node of inner) node.open = true;
      level = inner.flatMap(node => node.children);
    }
    this.leaves = new Map();
    const collect = node => (node.children ? node.children.forEach(collect) : this.leaves.set(node.first, node));
    collect(this.root);
    this.focused = null;
    this.build();
  }

  visible() {
    const found = [];
    const walk = node => {
      for (const child of node.children) {
        found.push(child);
        if (child.open) walk(child);
      }
    };
    walk(this.root);
    return found;
  }

  build() {
    const rows = this.visible();
    this.rows = new Map(rows.map(node => [node, this.row(node)]));
    const most = key => Math.max(1, ...rows.filter(node => !node.open).map(node => Number(node[key])));
    const bars = {parameters: most("parameters"), macs: most("macs")};
    for (const [node, row] of this.rows)
      for (const key of ["parameters", "macs"])
        row
          .querySelector(`.${key}`)
          .style.setProperty("--share", node.open ? "0" : `${(100 * Number(node[key])) / bars[key]}%`);
    this.body.replaceChildren(...this.rows.values());
    this.mark();
  }

  row(node) {
    const {network} = this,
      leaf = !node.children;
    const title = element("th", {scope: "row", title: leaf ? network.names[node.first] : node.title});
    title.style.paddingLeft = `${0.5 + 0.9 * node.level}rem`;
    title.append(leaf ? "" : `${node.open ? "▾" : "▸"} `, node.label);
    const last = node.first + node.count - 1;
    const count = key => {
      const cell = element("td", {class: `bar ${key}`, title: exact(node[key])});
      if (Number(node[key]))
        cell.append(...(key === "macs" ? [short(node[key])] : inTwo(exact(node[key]), short(node[key]))));
      return cell;
    };
    const row = element(
      "tr",
      {
        role: "row",
        tabindex: "-1",
        "aria-level": node.level + 1,
        "aria-expanded": leaf ? null : String(Boolean(node.open)),
        "data-layer": leaf ? node.first : null,
      },
      title,
      element("td", {class: "kind"}, leaf ? network.kinds[network.types[node.first]] : plural(node.count, "layer")),
      element("td", {}, network.shape(last).map(exact).join("×")),
      count("parameters"),
      count("macs"),
      element("td", {class: "field"}, network.extents[network.fields[last]]),
    );
    row.node = node;
    return row;
  }

  // The row of the selected layer, or of the closed scope that it is in.
  rowOf(layer) {
    let node = this.leaves.get(layer);
    while (node && !this.rows.has(node)) node = this.parents.get(node);
    return this.rows.get(node);
  }

  mark() {
    const selected = this.rowOf(this.page.layer),
      focus = this.rows.get(this.focused) ?? selected;
    for (const row of this.rows.values()) {
      row.setAttribute("aria-selected", String(row === selected));
      row.tabIndex = row === focus ? 0 : -1;
    }
    return selected;
  }

  // Show that a layer is selected; the scopes around one to `reveal` open, and the row of one to `scroll` to is shown.
  select(layer, reveal, scroll) {
    if (reveal) {
      let closed = false;
      for (
        let node = this.parents.get(this.leaves.get(layer));
        node && node !== this.root;
        node = this.parents.get(node)
      ) {
        closed ||= !node.open;
        node.open = true;
      }
      if (closed) this.build();
    }
    this.focused = this.leaves.get(layer);
    const row = this.mark();
    if (scroll && row) {
      const box = row.getBoundingClientRect();
      if (box.top < 0 || box.bottom > window.innerHeight) row.scrollIntoView({block: "nearest"});
    }
  }

  toggle(node, open) {
    node.open = open;
    this.focused = node;
    this.build();
    this.rows.get(node)?.focus({preventScroll: true});
  }

  click(event) {
    const node = event.target.closest("tr")?.node;
    if (!node) return;
    this.focused = node;
    if (node.children) this.toggle(node, !node.open);
    else this.page.choose(node.first);
  }

  key(event) {
    const row = event.target.closest("tr"),
      node = row?.node;
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...this.rows.keys()],
      at = rows.indexOf(node);
    let next = null;
    if (event.key === "ArrowDown") next = rows[at + 1];
    else if (event.key === "ArrowUp") next = rows[at - 1];
    else if (event.key === "Home") next = rows[0];
    else if (event.key === "End") next = rows[rows.length - 1];
    else if (event.key === "ArrowRight" && node.children) {
      if (node.open) next = node.children[0];
      else this.toggle(node, true);
    } else if (event.key === "ArrowLeft") {
      if (node.open) this.toggle(node, false);
      else next = this.parents.get(node);
    } else if (event.key === "Enter" || event.key === " ") {
      if (node.children) this.toggle(node, !node.open);
      else this.page.choose(node.first);
    } else return;
    event.preventDefault();
    const target = next && this.rows.get(next);
    if (!target) return;
    this.focused = next;
    if (!next.children) this.page.choose(next.first, true);
    this.mark();
    target.focus();
  }
}

// The layers from one number to another as a tree of the parts of their names; very many siblings in hundreds.
function scopes(network, start, end, level, prefix) {
  const found = [];
  for (let at = start; at < end;) {
    const name = network.names[at],
      rest = name.slice(prefix.length),
      dot = rest.indexOf(".");
    let stop = at + 1;
    if (dot > 0 && level < 40) {
      const inner = prefix + rest.slice(0, dot + 1);
      while (stop < end && network.names[stop].startsWith(inner)) stop++;
      if (stop > at + 1) {
        found.push(
          group(
            network,
            at,
            stop,
            level,
            rest.slice(0, dot),
            inner.slice(0, -1),
            scopes(network, at, stop, level + 1, inner),
          ),
        );
        at = stop;
        continue;
      }
    }
    found.push(group(network, at, stop, level, rest, name, null));
    at = stop;
  }
  return found.length > MOST_SIBLINGS ? chunks(network, found, level) : found;
}

function chunks(network, nodes, level) {
  const size = Math.max(CHUNK, Math.ceil(nodes.length / CHUNK)),
    found = [];
  for (let at = 0; at < nodes.length; at += size) {
    const part = nodes.slice(at, at + size),
      first = part[0],
      last = part[part.length - 1];
    const deeper = node => {
      node.level++;
      node.children?.forEach(deeper);
    };
    part.forEach(deeper);
    const label = `${first.label} … ${last.label}`;
    found.push(group(network, first.first, last.first + last.count, level, label, label, part));
  }
  return found;
}

function group(network, first, end, level, label, title, children) {
  const sum = values => {
    let found = 0n,
      plain = 0;
    for (let i = first; i < end; i++)
      typeof values[i] === "string" ? (found += BigInt(values[i])) : (plain += values[i]);
    return found ? String(found + BigInt(plain)) : plain;
  };
  return {
    first,
    count: end - first,
    level,
    label,
    title,
    children,
    parameters: sum(network.parameters),
    macs: sum(network.macs),
    open: false,
  };
}
