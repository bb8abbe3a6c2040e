"use strict";
/* Draws the figures of the page in the colours of its theme; without it, the tables say the same. */
(async () => {
  if (!document.getElementById("figures")) return;
  /* The page's policy knows the unpacked plotly by its hash, so this very text may run, and no other. */
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (c) => c.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const library = document.createElement("script");
  library.textContent = await new Response(unpacked).text();
  document.head.append(library);

  const figures = JSON.parse(document.getElementById("figures").textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (meta) => (meta.colour === "muted" ? css("--muted") : css(`--c${meta.colour % 8}`));

  const themed = (figure) => {
    const data = figure.data.map((trace) => {
      const own = colour(trace.meta);
      const painted = { ...trace };
      if (trace.line) painted.line = { ...trace.line, color: own };
      if (trace.marker) painted.marker = { ...trace.marker, color: own, line: { ...trace.marker.line, color: own } };
      for (const bar of ["error_x", "error_y"]) {
        if (trace[bar]) painted[bar] = { ...trace[bar], color: own };
      }
      return painted;
    });
    const labels = (figure.layout.annotations ?? []).map((label) => {
      return { ...label, bgcolor: css("--page"), font: { ...label.font, color: colour({ colour: Number(label.name) }) } };
    });
    const titled = (axis, key) => (key ? { ...axis, title: { ...axis.title, text: say(key).textContent } } : axis);
    const axis = { gridcolor: css("--line"), linecolor: css("--strong-line"), tickcolor: css("--strong-line") };
    const layout = {
      ...figure.layout,
      annotations: labels,
      font: { ...figure.layout.font, color: css("--muted"), family: getComputedStyle(document.body).fontFamily },
      xaxis: { ...titled(figure.layout.xaxis, figure.words.xaxis), ...axis },
      yaxis: { ...titled(figure.layout.yaxis, figure.words.yaxis), ...axis },
      hoverlabel: { bgcolor: css("--page"), bordercolor: css("--strong-line"), font: { color: css("--ink") } },
    };
    return { data, layout };
  };

  const LINE = 16; // pixels that a name is high, and a point wide
  const pen = document.createElement("canvas").getContext("2d");

  /* Where the middle of a name may lie, from its point, in pixels: beside it first, then farther and farther up and down. */
  const spots = (width) => {
    const aside = width / 2 + LINE / 2 + 2;
    const near = [[aside, 0], [-aside, 0], [0, -LINE], [0, LINE]];
    const steps = Array.from({ length: 9 }, (_, i) => (1 + i) * LINE).flatMap((step) => [-step, step]);
    return [...near, ...steps.flatMap((up) => [[aside, up], [-aside, up], [0, up * 1.5]])];
  };
  const overlap = (a, b) =>
    Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const box = (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

  /* The names of points as annotations, each whole, in the plot, and on no other name or point as long as there is room. */
  const names = (place, data) => {
    const { xaxis, yaxis, _size: size, font } = place._fullLayout;
    pen.font = `${font.size}px ${font.family}`;
    const at = (trace, dx = 0, dy = 0) => [xaxis.d2p(trace.x[0] + dx), yaxis.d2p(trace.y[0] + dy)];
    const points = data.filter((trace) => trace.text);
    const taken = points.map((trace) => box(...at(trace), LINE, LINE));
    const bars = points.flatMap((trace) => {
      const [x, y] = at(trace);
      const ends = ([bar, i]) => trace[bar] && [-trace[bar].arrayminus[0], trace[bar].array[0]]
        .map((d) => at(trace, i ? 0 : d, i ? d : 0)[i]);
      const [wide, high] = [["error_x", 0], ["error_y", 1]].map(ends);
      return [wide && [wide[0], y - 1, wide[1], y + 1], high && [x - 1, high[1], x + 1, high[0]]].filter(Boolean);
    });
    return points.filter((trace) => trace.meta.named).map((trace) => {
      const [x, y] = at(trace);
      const text = trace.text[0].replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
      const width = pen.measureText(text).width + 4;
      const plot = [0, 0, size.w, size.h];
      const priced = spots(width).map(([dx, dy]) => {
        const held = box(x + dx, y + dy, width, LINE);
        const hidden = taken.reduce((sum, other) => sum + overlap(held, other), 0);
        const crossed = bars.reduce((sum, bar) => sum + overlap(held, bar), 0);
        const outside = width * LINE - overlap(held, plot);
        return { dx, dy, held, price: 100 * outside + 10 * hidden + crossed + Math.hypot(dx * 0.3, dy) };
      });
      const { dx, dy, held } = priced.reduce((best, spot) => (spot.price < best.price ? spot : best));
      taken.push(held);
      const far = Math.abs(dy) > LINE;
      return {
        x: xaxis.type === "log" ? Math.log10(trace.x[0]) : trace.x[0], y: trace.y[0], text: trace.text[0],
        font: { color: colour(trace.meta) }, bgcolor: css("--page"), borderpad: 0, arrowcolor: colour(trace.meta), arrowwidth: 1, arrowhead: 0, standoff: 7,
        ...(far ? { showarrow: true, ax: dx, ay: dy } : { showarrow: false, xshift: dx, yshift: -dy }),
      };
    });
  };

  /* Name the points again whenever the plot has another size. */
  const label = (place, data) => {
    let seen = "";
    const again = () => {
      const { _size: size } = place._fullLayout;
      if (seen === `${size.w} ${size.h}`) return;
      seen = `${size.w} ${size.h}`;
      Plotly.relayout(place, { annotations: names(place, data) });
    };
    place.on("plotly_afterplot", again);
    again();
  };

  const draw = () => {
    for (const figure of figures) {
      const place = document.getElementById(figure.id);
      if (!place.classList.contains("js-plotly-plot")) place.textContent = "";
      const { data, layout } = themed(figure);
      // drawn anew: `react` takes the same values for the same plot, and forgets how far its axes go
      Plotly.newPlot(place, data, layout, { displayModeBar: false, responsive: true });
      if (data.some((trace) => trace.meta.named)) label(place, data);
    }
  };
  draw();
  for (const media of ["(prefers-color-scheme: dark)", "print"]) matchMedia(media).addEventListener("change", draw);
  document.addEventListener("languagechange", draw);
})();
