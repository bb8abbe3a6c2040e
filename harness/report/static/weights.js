"use strict";
/* The weights that a reader tries: sliders, presets, the tables as they would be, what to copy, the page's address. */

{
  const find = (id) => document.getElementById(id);
  const fixed = (value, digits = 3) => (Number(value.toFixed(digits)) + 0).toFixed(digits).replace("-", "−");
  const percent = (share) => {
    const text = String(Number((100 * share).toFixed(1)));
    if (text === "100" && share < 1) return ">99.9%";
    return text === "0" && share > 0 ? "<0.1%" : `${text}%`;
  };
  const number = (value, text) => {
    const data = document.createElement("data");
    data.value = String(value);
    data.textContent = text;
    return data;
  };
  const put = (data, value, text) => {
    if (data) [data.value, data.textContent] = [String(value), text];
  };

  /* Copies of the tables, without ids: what was decided stays in the page, hidden, and comes back as it was. */
  const twins = (slot) => ["ranking", "matrix"].map((name) => {
    const decided = find(`${slot.anchor}-${name}-table`);
    const tried = decided.cloneNode(true);
    const parts = [...tried.querySelectorAll("[id]")];
    for (const part of parts) part.dataset.part = part.id.slice(part.id.lastIndexOf("/") + 1);
    for (const part of [tried, ...parts]) part.removeAttribute("id");
    tried.classList.add("tried");
    tried.hidden = true;
    tried.querySelector("caption").prepend(say("try.tables"), " ");
    decided.after(tried);
    return { decided, tried };
  });

  const rowsOf = (tried) =>
    new Map([...tried.querySelectorAll("tbody tr")].map((row) => [Number(row.dataset.row), row]));
  const part = (row, name) => row.querySelector(`[data-part="${CSS.escape(name)}"]`);

  const drawBar = (row, slot, found, c) => {
    const bar = row.querySelector(".bar");
    let start = 0;
    const parts = slot.geometric ? [found.scores[c]] : found.parts[c];
    bar.querySelectorAll("rect").forEach((rect, j) => {
      rect.setAttribute("x", Math.round(1000 * start));
      rect.setAttribute("width", Math.round(1000 * parts[j]));
      start += parts[j];
    });
    const [low, high] = [found.low[c], found.high[c]].map((end) => Math.round(1000 * end));
    const whisker = bar.querySelector(".whisker");
    if (whisker) {
      const known = found.low[c] !== null;
      whisker.setAttribute("d", known ? `M${low} 50h${high - low}M${low} 34v32M${high} 34v32` : "");
    }
  };

  const fill = (slot, found) => {
    const [ranking, matrix] = slot.twins.map(({ tried }) => tried);
    const [lines, rows] = [rowsOf(ranking), rowsOf(matrix)];
    for (const c of found.order) {
      const { row: place } = slot.candidates[c];
      const [line, row] = [lines.get(place), rows.get(place)];
      put(part(line, "rank"), found.ranks[c], String(found.ranks[c]));
      put(part(line, "score"), found.scores[c], fixed(found.scores[c]));
      for (const [name, of] of [["score.low", found.low], ["score.high", found.high], ["p_best", found.chances]]) {
        const data = part(line, name);
        if (!data) continue;
        data.hidden = of[c] === null;
        if (of[c] !== null) put(data, of[c], name === "p_best" ? percent(of[c]) : fixed(of[c]));
      }
      line.querySelector(".near")?.remove();
      if (found.near.includes(c)) {
        const near = document.createElement("span");
        near.className = "behind near";
        near.append(say("ranking.near_tie"));
        line.querySelector("th").append(" ", near);
      }
      drawBar(line, slot, found, c);
      put(part(row, "score"), found.scores[c], fixed(found.scores[c]));
      row.querySelectorAll(".product").forEach((cell, j) => {
        put(cell.querySelector('[data-part$=".contribution"]'), found.parts[c][j], fixed(found.parts[c][j]));
      });
      line.parentNode.append(line);
      row.parentNode.append(row);
    }
    matrix.querySelectorAll('thead [data-part$=".weight"]').forEach((data, j) => {
      put(data, found.weights[j], percent(found.weights[j]));
    });
  };

  const nameOf = (slot, c) => {
    const tag = slot.twins[0].tried.querySelector(`tr[data-row="${slot.candidates[c].row}"] th .tag`);
    return tag.cloneNode(true);
  };

  const names = (slot, of) => {
    const list = document.createElement("span");
    of.forEach((c, i) => list.append(i ? say("list.comma") : "", nameOf(slot, c)));
    return list;
  };

  /* What the page says of the weights that are tried. */
  function* sentences(slot, found) {
    const [leader, second] = found.order.filter((c) => found.ranks[c] !== null);
    const score = number(found.scores[leader], fixed(found.scores[leader]));
    if (second === undefined) {
      yield say("try.alone", { leader: nameOf(slot, leader), score });
    } else {
      const lead = found.scores[leader] - found.scores[second];
      const ahead = number(lead, fixed(lead));
      yield say("try.leads", { leader: nameOf(slot, leader), score, second: nameOf(slot, second), lead: ahead });
    }
    if (found.near.length) yield say("try.within", { names: names(slot, found.near) });
    const kind = document.createElement("strong");
    if (found.kind === null) {
      yield say("try.no_draws");
      return;
    }
    kind.append(say(`kind.${found.kind}`));
    const chance = found.chances[leader];
    yield chance === null || second === undefined
      ? say("try.verdict", { kind })
      : say("try.verdict_chance", { kind, leader: nameOf(slot, leader), chance: number(chance, percent(chance)) });
    const small = document.createElement("small");
    const [draws, of] = [slot.draws, slot.of].map((count) => number(count, count.toLocaleString("en-US")));
    small.append(slot.draws < slot.of ? say("try.some_draws", { draws, of }) : say("try.draws", { draws }));
    yield small;
  }

  /* A name as YAML 1.1 reads it back: where need be in double quotes, with what cannot be seen or printed escaped. */
  const PLAIN = /^(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z0-9_-]*$/i;
  const quoted = (name) => PLAIN.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&").replace(/[\p{C}\p{Z}]/gu, (c) =>
    c === " " ? c : `\\U${c.codePointAt(0).toString(16).padStart(8, "0")}`)}"`;
  const shell = (text) => (/^[\w./:=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

  const yaml = (slot, points) => [
    "decision:", `  ${quoted(slot.slot)}:`, "    weights:", "      points:",
    ...slot.criteria.map((name, j) => `        ${quoted(name)}: ${points[j]}`),
  ].join("\n");

  /* null: a name cannot be written between the commas. */
  const command = (slot, points) => {
    if (slot.criteria.some((name) => /[,=]|^\s|\s$|\p{C}/u.test(slot.slot + name))) return null;
    const weights = slot.criteria.map((name, j) => `${slot.slot}:${name}=${points[j]}`).join(",");
    return `bakeoff decide ${shell(slot.run)} --weights ${shell(weights)} --keep`;
  };

  const same = (one, other) => one.every((point, j) => point === other[j]);

  const show = async (slot) => {
    const [panel, points] = [slot.panel, slot.points];
    const tried = !same(points, slot.presets[0]);
    const known = points.some((point) => point > 0);
    const live = panel.querySelector(".live");
    panel.querySelectorAll("[data-criterion]").forEach((row, j) => {
      const [range, field] = row.querySelectorAll("input");
      range.value = points[j];
      if (document.activeElement !== field || Number(field.value) !== points[j]) field.value = points[j];
      row.querySelector("output").value = known ? percent(shares(points)[j]) : "–";
    });
    panel.querySelectorAll("[data-preset]").forEach((button, i) => {
      button.setAttribute("aria-pressed", String(known && same(shares(points), shares(slot.presets[i]))));
    });
    panel.classList.toggle("trying", tried);
    panel.querySelector(".yaml").textContent = known ? yaml(slot, points) : "";
    const line = known ? command(slot, points) : null;
    panel.querySelector(".command").textContent = line ?? "";
    panel.querySelector(".as-command").hidden = line === null;
    for (const twin of slot.twins ?? []) {
      twin.decided.hidden = tried && known;
      twin.tried.hidden = !(tried && known);
    }
    if (!known) return live.replaceChildren(say("try.nothing"));
    if (!tried) return live.replaceChildren();
    const turn = (slot.turn = (slot.turn ?? 0) + 1);
    slot.twins ??= twins(slot);
    const values = await unpack(slot);
    if (turn !== slot.turn) return undefined;
    const found = decideAt(slot, points, values);
    fill(slot, found);
    for (const twin of slot.twins) [twin.decided.hidden, twin.tried.hidden] = [true, false];
    live.replaceChildren(...[...sentences(slot, found)].flatMap((said) => [said, " "]));
    return undefined;
  };

  const remember = (slot) => {
    const decided = same(slot.points, slot.presets[0]);
    state.set(`${slot.anchor}.weights`, decided ? null : slot.points.join("_"));
  };

  /* Take the weights that the page's address holds, where they are weights. */
  const recall = (slot) => {
    const points = (state.get(`${slot.anchor}.weights`) ?? "").split("_").map(rounded);
    const whole = points.length === slot.criteria.length && points.every((point) => point !== null);
    slot.points = whole ? points : slot.presets[0];
    if (whole) slot.panel.open = true;
    return show(slot);
  };

  /* A number of points as it is typed, with two decimals at most; null where it is none. */
  function rounded(text) {
    const point = Math.round(100 * Number(text)) / 100;
    return text !== "" && point >= 0 && point <= 100 ? point : null;
  }

  const copy = async (button) => {
    const block = find(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.replaceChildren(say("try.copied"));
      setTimeout(() => button.replaceChildren(say("try.copy")), 2000);
    } catch {
      getSelection().selectAllChildren(block);
    }
  };

  const slots = JSON.parse(find("weights")?.textContent ?? "[]");
  for (const slot of slots) {
    slot.panel = find(`${slot.anchor}-try`);
    slot.panel.querySelectorAll("[data-criterion]").forEach((row, j) => {
      for (const input of row.querySelectorAll("input")) {
        input.addEventListener("input", () => {
          const step = input.type === "range" ? Math.round(input.valueAsNumber) : rounded(input.value);
          if (step === null) return;
          slot.points = slot.points.with(j, step);
          show(slot);
        });
        input.addEventListener("change", () => {
          show(slot);
          remember(slot);
        });
      }
    });
    slot.panel.querySelectorAll("[data-preset]").forEach((button, i) => {
      button.addEventListener("click", () => {
        slot.points = slot.presets[i];
        show(slot);
        remember(slot);
      });
    });
    for (const button of slot.panel.querySelectorAll("[data-copies]")) {
      button.addEventListener("click", () => copy(button));
    }
    recall(slot);
  }
  document.addEventListener("statechange", () => slots.forEach(recall));
}
