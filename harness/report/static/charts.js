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
      const painted = { ...trace, textfont: { color: css("--ink") } };
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

  const draw = () => {
    for (const figure of figures) {
      const place = document.getElementById(figure.id);
      if (!place.classList.contains("js-plotly-plot")) place.textContent = "";
      const { data, layout } = themed(figure);
      // drawn anew: `react` takes the same values for the same plot, and forgets how far its axes go
      Plotly.newPlot(place, data, layout, { displayModeBar: false, responsive: true });
    }
  };
  draw();
  for (const media of ["(prefers-color-scheme: dark)", "print"]) matchMedia(media).addEventListener("change", draw);
  document.addEventListener("languagechange", draw);
})();
