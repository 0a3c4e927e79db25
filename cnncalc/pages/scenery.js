// What is looked at where there is no photograph: a landscape, and a wave.
function landscape(context, width, height) {
  const x = part => part * width,
    y = part => part * height,
    unit = Math.min(width, height);
  const fill = (colour, ...points) => {
    context.fillStyle = colour;
    context.beginPath();
    points.forEach(([a, b]) => context.lineTo(x(a), y(b)));
    context.fill();
  };
  const disc = (colour, a, b, radius) => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x(a), y(b), radius * unit, 0, 7);
    context.fill();
  };
  const sky = context.createLinearGradient(0, 0, 0, y(0.75));
  sky.addColorStop(0, "#5b9bd5");
  sky.addColorStop(1, "#e6f1fa");
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);
  disc("#fff2c0", 0.78, 0.2, 0.085);
  for (const [a, b, size] of [
    [0.16, 0.16, 0.045],
    [0.22, 0.14, 0.06],
    [0.29, 0.165, 0.045],
    [0.6, 0.1, 0.03],
    [0.65, 0.09, 0.04],
  ])
    disc("#ffffff", a, b, size);
  fill(
    "#7f8fa9",
    [0, 0.62],
    [0.2, 0.36],
    [0.33, 0.5],
    [0.5, 0.27],
    [0.72, 0.56],
    [0.84, 0.44],
    [1, 0.58],
    [1, 0.8],
    [0, 0.8],
  );
  fill("#ffffff", [0.5, 0.27], [0.44, 0.35], [0.48, 0.36], [0.51, 0.34], [0.54, 0.37], [0.566, 0.35]);
  fill("#ffffff", [0.2, 0.36], [0.16, 0.42], [0.2, 0.41], [0.25, 0.42]);
  fill("#6ea05a", [0, 0.66], [0.25, 0.6], [0.6, 0.68], [1, 0.61], [1, 1], [0, 1]);
  fill("#5c8f4b", [0, 0.82], [0.3, 0.76], [0.7, 0.84], [1, 0.78], [1, 1], [0, 1]);
  fill("#d9c9a3", [0.66, 0.78], [0.72, 0.78], [0.62, 1], [0.44, 1]);
  fill("#efe3cf", [0.58, 0.56], [0.82, 0.56], [0.82, 0.78], [0.58, 0.78]);
  fill("#b5483a", [0.55, 0.57], [0.7, 0.43], [0.85, 0.57]);
  fill("#7c4a2d", [0.66, 0.65], [0.72, 0.65], [0.72, 0.78], [0.66, 0.78]);
  for (const a of [0.6, 0.75]) fill("#78b3d8", [a, 0.61], [a + 0.045, 0.61], [a + 0.045, 0.67], [a, 0.67]);
  for (const [a, b, size] of [
    [0.1, 0.78, 0.2],
    [0.22, 0.83, 0.24],
    [0.37, 0.74, 0.15],
    [0.93, 0.8, 0.2],
  ]) {
    fill(
      "#6b4a2f",
      [a - size * 0.05, b],
      [a + size * 0.05, b],
      [a + size * 0.05, b + size * 0.25],
      [a - size * 0.05, b + size * 0.25],
    );
    for (const [low, wide] of [
      [0, 0.3],
      [0.3, 0.24],
      [0.6, 0.17],
    ])
      fill(
        "#2f6b3c",
        [a - size * wide, b - size * low],
        [a, b - size * (low + 0.55)],
        [a + size * wide, b - size * low],
      );
  }
}

function wave(context, width, height) {
  context.strokeStyle = "#7fb2dd";
  context.lineWidth = Math.max(1, width / 700);
  context.beginPath();
  for (let i = 0; i <= width; i++) {
    const t = i / width,
      loud = 0.25 + 0.75 * Math.abs(Math.sin(5.3 * t * Math.PI)) * (1 - 0.4 * t);
    context.lineTo(i, (height / 2) * (1 + 0.85 * loud * Math.sin(t * t * 260 + 60 * t)));
  }
  context.stroke();
}
