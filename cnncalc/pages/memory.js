// The arena: a rectangle for each tensor, over the steps at which it is needed and the bytes in which it lies.
class Memory {
  constructor(page) {
    this.page = page;
    this.canvas = document.getElementById("memory");
    this.text = document.getElementById("memory-text");
    this.canvas.addEventListener("click", event => {
      const tensor = this.tensorAt(event);
      if (tensor && tensor[0] >= 0) this.page.choose(tensor[0]);
    });
    this.canvas.addEventListener("pointermove", event => {
      const tensor = this.tensorAt(event);
      this.canvas.title = tensor
        ? `${this.nameOf(tensor[0])}: ${exact(tensor[1])} bytes, ` +
          `steps ${exact(tensor[2] + 1)} to ${exact(tensor[3] + 1)}`
        : "";
    });
  }

  nameOf(number) {
    return number < 0 ? this.network.inputs[-1 - number][0] : this.network.names[number];
  }

  load(network) {
    this.network = network;
    const {total: size, bound, plan, tensors} = network.memory;
    const largest = tensors.reduce((most, tensor) => (tensor[1] > most[1] ? tensor : most), tensors[0] ?? [-1, 0]);
    this.text.textContent = tensors.length
      ? `All activations take ${exact(size)} bytes, placed by ${plan}; the red line, ${exact(bound)} bytes, is the most ` +
        `that is needed at one step, and no plan takes less. The largest tensor is that of ${this.nameOf(largest[0])}.`
      : "Nothing is kept.";
    this.canvas.setAttribute("aria-label", `Memory over time. ${this.text.textContent}`);
  }

  // Where the chart lies on the canvas: margins for the words, and the scales.
  scales() {
    const {total: size, bound, steps} = this.network.memory,
      box = this.canvas.getBoundingClientRect();
    const left = 58,
      right = 4,
      top = 10,
      bottom = 20,
      most = Math.max(size, bound, 1);
    const wide = (box.width - left - right) / Math.max(steps, 1),
      high = (box.height - top - bottom) / most;
    return {
      box,
      left,
      top,
      wide,
      high,
      most,
      x: step => left + step * wide,
      y: bytes => box.height - bottom - bytes * high,
    };
  }

  draw() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2),
      {box, left, top, x, y, most} = this.scales();
    const {bound, steps, tensors} = this.network.memory;
    if (!box.width) return;
    [this.canvas.width, this.canvas.height] = [box.width * ratio, box.height * ratio];
    const context = this.canvas.getContext("2d"),
      style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(`--${name}`);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colour("soft");
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const bytes of [0, most / 2, most]) {
      context.fillText(
        `${short(Math.round(bytes)).replace(/ ?(\S*)$/, (all, unit) => (/\d/.test(unit) ? `${unit} B` : ` ${unit}B`))}`,
        left - 6,
        Math.max(y(bytes), 7),
      );
      context.fillStyle = colour("line");
      context.fillRect(left, y(bytes), box.width - left, 1);
      context.fillStyle = colour("soft");
    }
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText("first layer", left, box.height - 5);
    context.textAlign = "right";
    context.fillText(`layer ${exact(steps)}`, box.width - 4, box.height - 5);
    const gap = this.scales().wide > 4 ? 0.6 : 0;
    for (const [number, bytes, first, last, offset] of tensors) {
      context.fillStyle = colour(number === this.page.layer ? "marked" : number < 0 ? "soft" : "tensor");
      const tall = Math.max(y(offset) - y(offset + bytes) - gap, 0.5);
      context.fillRect(x(first), y(offset) - tall, Math.max(x(last + 1) - x(first) - gap, 0.5), tall);
    }
    context.strokeStyle = colour("red");
    context.setLineDash([5, 3]);
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left, y(bound));
    context.lineTo(box.width, y(bound));
    context.stroke();
    context.setLineDash([]);
  }

  tensorAt(event) {
    const {box, left, wide, high} = this.scales(),
      bottom = 20;
    const step = Math.floor((event.clientX - box.left - left) / wide),
      byte = (box.bottom - bottom - event.clientY) / high;
    return this.network.memory.tensors.find(
      ([, size, first, last, offset]) => first <= step && step <= last && offset <= byte && byte < offset + size,
    );
  }
}
