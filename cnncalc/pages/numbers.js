// Numbers and shapes as people read them.
const exact = count => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

function short(count) {
  const digits = String(count);
  if (digits.length < 4) return digits;
  let power = Math.floor((digits.length - 1) / 3),
    tenths = 2 - ((digits.length - 1) % 3);
  let value = Number((Number(count) / 1000 ** power).toFixed(tenths));
  if (value >= 1000) [value, power, tenths] = [value / 1000, power + 1, 2];
  return value.toFixed(tenths) + " " + ["", "k", "M", "G", "T", "P", "E", "Z", "Y"][power];
}

const times = sizes => sizes.map(exact).join(" × ");
const plural = (count, word) => `${exact(count)} ${word}${count === 1 ? "" : "s"}`;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function element(name, attributes = {}, ...children) {
  const found = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) found.setAttribute(key, value);
  found.append(...children);
  return found;
}
