"use strict";
/* Makes the samples of each slot workable: chips, search, pages of rows, word diffs, one sample by its address. */
(() => {
  const ROWS = 50;
  const FLAGS = { all: 0, different: 1, failures: 2, errors: 4 };
  const BAD_BELOW = 0.5;
  const DEFAULTS = { show: "all", task: "", tag: "", who: "", find: "", compare: "", page: "1" };
  /* Cells of a comparison: two texts of 3,000 characters by character, the most that the page shows of an answer. */
  const MOST_CELLS = 10_000_000;
  const UNITS = /\p{Script=Han}\s*|(?:(?!\p{Script=Han})[\p{L}\p{N}\p{M}_'’-])+\s*|\s+|[^]/gu;
  const SVG = document.querySelector("svg").namespaceURI;

  /* Return what Python has packed: JSON in gzip in base64. */
  const opened = async (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(unpacked).text());
  };

  const make = (name, className, ...inside) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside.flat().filter((part) => part !== null && part !== undefined));
    return made;
  };

  const drawing = (className, box, ...shapes) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", className);
    if (box) svg.setAttribute("viewBox", box);
    svg.setAttribute("aria-hidden", "true");
    for (const [name, attributes] of shapes) {
      const shape = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
      svg.append(shape);
    }
    return svg;
  };

  const mark = (colour) => drawing(`mark c${colour % 8}`, "", ["use", { href: `#symbol-${colour % 8}` }]);

  const figure = (id, raw, text) => {
    const data = make("data", "", text);
    data.value = raw;
    data.id = id;
    return data;
  };

  /* As Python's `numbers.fixed(value, 2)` writes a score: of two that are as near, the even one. */
  const hundredths = (value) => (value === 0.125 ? "0.12" : value === 0.625 ? "0.62" : value.toFixed(2));

  const raw = (value) => (Number.isInteger(value) ? `${value}.0` : String(value));

  /* As Python's `numbers.number_id` spells a part. */
  const spelled = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

  /* Text of others, a number with its id, or a sentence of ours around them, as `bundle.py` has written it. */
  const piece = (given, at) => {
    if (typeof given === "string") return foreign(given);
    if (given.number) return figure(at + given.number[0], given.number[1], given.number[2]);
    const args = Object.entries(given.args).map(([name, part]) => [name, piece(part, at)]);
    return say(given.key, Object.fromEntries(args));
  };

  const block = (text, language) => {
    const made = make("div", "verbatim", ...foreign(text).childNodes);
    if (language) made.lang = language;
    return made;
  };

  const listed = (parts) => parts.flatMap((part, i) => (i ? [say("list.then"), part] : [part]));

  const pairs = (values, at) =>
    make("span", "behind", listed(values.map(([key, value]) => make("span", "", foreign(key), " ", piece(value, at)))));

  // -- one sample ----------------------------------------------------------------------------------------------------

  const player = (clip, at, key, args, colour) => {
    const made = make("div", "clip");
    if (clip.outline) made.append(drawing(`outline ${colour}`, "0 0 64 24", ["path", { d: clip.outline }]));
    if (clip.outline) made.firstChild.setAttribute("preserveAspectRatio", "none");
    if (clip.href) {
      const audio = make("audio", "");
      Object.assign(audio, { controls: true, preload: "none", src: clip.href });
      label(audio, "aria-label", key, args);
      made.append(audio, ...(clip.embedded ? [] : [make("p", "behind", say("clip.linked"))]));
    } else {
      made.append(make("p", "absent", say("clip.gone")));
    }
    made.append(make("span", "behind", piece(clip.length, at)));
    return made;
  };

  const link = (href, key) => {
    const made = make("a", "", say(key));
    made.href = href;
    return made;
  };

  const picture = (one, alt) => {
    if (!one.href) return make("p", "absent", say("picture.gone"));
    if (!one.embedded) return make("p", "", link(one.href, "picture.linked"));
    const image = make("img", "picture");
    Object.assign(image, { src: one.href, width: one.width, height: one.height });
    label(image, "alt", alt);
    return image;
  };

  const film = (one, at, name) => {
    const made = make("div", "clip");
    if (one.href) {
      const video = make("video", "picture");
      Object.assign(video, { controls: true, preload: "none", src: one.href, width: one.width, height: one.height });
      label(video, "aria-label", "film.play", { candidate: name });
      made.append(video, ...(one.embedded ? [] : [make("p", "behind", link(one.href, "clip.linked"))]));
    } else {
      made.append(make("p", "absent", say("clip.gone")));
    }
    made.append(make("span", "behind", piece(one.form, at)));
    return made;
  };

  const words = (marks) =>
    make("div", "verbatim words", marks.flatMap(([kind, text]) => [kind === "same" ? text : make(kind, "", text), " "]));

  const waterfall = (stages, at) =>
    make("table", "stages", make("caption", "hidden", say("samples.stages")), make("tbody", "", stages.map((stage) =>
      make("tr", "",
        Object.assign(make("th", "", foreign(stage.name)), { scope: "row" }),
        make("td", "", stage.bar ? bar(stage.bar) : null, make("span", "behind", say("samples.stage", {
          start: stage.start ? piece(stage.start, at) : "–",
          took: stage.took ? piece(stage.took, at) : "–",
          cost: stage.cost ? piece(stage.cost, at) : "–",
        })))))));

  const bar = ([x, width]) => {
    const made = drawing("bar", "0 0 1000 100", ["rect", { class: "k0", x, width, y: 18, height: 64 }]);
    made.setAttribute("preserveAspectRatio", "none");
    return made;
  };

  const answered = (answer, name, colour, language) => {
    const { at } = answer, parts = [];
    if (answer.failure) parts.push(make("p", "failure", piece(answer.failure, at)));
    if (answer.failure && answer.message) parts.push(make("p", "", foreign(answer.message)));
    if (answer.audio) parts.push(player(answer.audio, at, "clip.play", { candidate: name }, `c${colour % 8}`));
    if (answer.image) parts.push(picture(answer.image, "picture.made"));
    if (answer.video) parts.push(film(answer.video, at, name));
    if (answer.text) parts.push(make("div", "said", block(answer.text, language)));
    if (answer.text && answer.cut) parts.push(make("p", "behind", say("samples.cut", { n: piece(answer.cut, at) })));
    if (!parts.length && !answer.tools) parts.push(make("p", "absent", say("samples.empty")));
    if (answer.words) parts.push(make("p", "label", say("samples.words")), words(answer.words));
    if (answer.tools) parts.push(make("p", "label", say("samples.tools")), block(answer.tools));
    if (answer.reasoning) {
      const summary = make("summary", "", say("samples.reasoning"));
      parts.push(make("details", "reasoning", summary, block(answer.reasoning, language)));
    }
    for (const heard of answer.heard ?? []) {
      if (heard.text) parts.push(make("p", "label", say("samples.heard", { by: heard.by })), block(heard.text, language));
      if (heard.words) parts.push(make("p", "label", say("samples.words")), words(heard.words));
      if (heard.values) parts.push(make("p", "label", say("samples.read", { by: heard.by })), make("p", "", pairs(heard.values, at)));
    }
    if (answer.stages) parts.push(make("p", "label", say("samples.stages")), waterfall(answer.stages, at));
    return parts;
  };

  const score = (line, at) =>
    make("li", line.primary ? "primary" : "",
      make("code", "", foreign(line.scorer)), " ",
      line.value ? piece(line.value, at) : make("span", "absent", say("samples.unjudged")),
      ...(line.reason ? [" ", make("span", "behind", foreign(line.reason))] : []),
      ...(line.details ? [make("br"), pairs(line.details, at)] : []));

  const asked = (key, ...inside) => make("div", "", make("dt", "", say(key)), make("dd", "", ...inside));

  /* Everything of a sample beneath its row. */
  const body = (index, i, sample) => {
    const { at, language } = sample, task = index.tasks[index.task[i]].join("/");
    const above = make("dl", "asked",
      asked("column.task", foreign(task)),
      asked("samples.input", block(sample.input ?? "", language)));
    if (sample.images) above.append(asked("samples.pictures", sample.images.map((image) => picture(image, "picture.alt"))));
    if (sample.recording) {
      above.append(asked("samples.recording", player(sample.recording, at, "clip.recording", {}, "recorded")));
    }
    if (sample.target) {
      const target = asked("samples.target", block(sample.target, language));
      target.lastChild.className = "target";
      above.append(target);
    }
    const head = make("tr", "", make("td"), index.names.map((name, c) =>
      Object.assign(make("th", "", make("span", "tag", mark(index.colours[c]), foreign(name))), { scope: "col" })));
    const line = (className, key, cell) =>
      make("tr", className, Object.assign(make("th", "", say(key)), { scope: "row" }), sample.answers.map(cell));
    const rows = [
      line("answers", "samples.answer", (answer, c) => answer
        ? make("td", answer.bad ? "bad" : "", answered(answer, index.names[c], index.colours[c], language))
        : make("td", "", make("span", "absent", say("samples.missing")))),
      line("", "samples.scores", (answer) =>
        make("td", "", answer?.scores ? make("ul", "scores", answer.scores.map((one) => score(one, answer.at))) : null)),
      line("", "samples.measured", (answer) =>
        make("td", "behind", answer?.facts ? listed(answer.facts.map((fact) => piece(fact, answer.at))) : null)),
    ];
    const caption = make("caption", "hidden", say("caption.sample"));
    const table = make("table", "side-by-side wide", caption, make("thead", "", head), make("tbody", "", rows));
    const scroll = make("div", "scroll", table);
    Object.assign(scroll, { role: "group", tabIndex: 0 });
    label(scroll, "aria-label", "caption.sample");
    return [above, scroll];
  };

  // -- differences ---------------------------------------------------------------------------------------------------

  const originals = new WeakMap();
  const textOf = (shown) => {
    if (!originals.has(shown)) originals.set(shown, [...shown.childNodes]);
    return originals.get(shown).map((node) => node.textContent).join("");
  };

  /* The longest common subsequence of two texts' words, Han text by character: [kind, text] in the order of reading. */
  const difference = (from, to) => {
    const a = from.match(UNITS) ?? [], b = to.match(UNITS) ?? [];
    const [left, right] = [a, b].map((units) => units.map((unit) => unit.trimEnd()));
    let start = 0, end = 0;
    while (start < a.length && start < b.length && left[start] === right[start]) start += 1;
    while (end < a.length - start && end < b.length - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
    const [n, m] = [a.length - start - end, b.length - start - end];
    if ((n + 1) * (m + 1) > MOST_CELLS) return null;
    const common = new Uint16Array((n + 1) * (m + 1)), width = m + 1;
    for (let i = n - 1; i >= 0; i -= 1) {
      for (let j = m - 1; j >= 0; j -= 1) {
        const at = i * width + j;
        common[at] = left[start + i] === right[start + j]
          ? common[at + width + 1] + 1
          : Math.max(common[at + width], common[at + 1]);
      }
    }
    const found = [["same", b.slice(0, start).join("")]];
    const add = (kind, text) => (found.at(-1)[0] === kind ? (found.at(-1)[1] += text) : found.push([kind, text]));
    let i = 0, j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && left[start + i] === right[start + j]) {
        add("same", b[start + j]);
        i += 1;
        j += 1;
      } else if (j === m || (i < n && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
        add("del", a[start + i]);
        i += 1;
      } else {
        add("ins", b[start + j]);
        j += 1;
      }
    }
    add("same", b.slice(b.length - end).join(""));
    return found;
  };

  /* Mark what each answer of an open sample has otherwise than what it is compared with. */
  const compare = (details, to) => {
    const cells = [...details.querySelectorAll("tr.answers > td")].map((cell) => cell.querySelector(".said > .verbatim"));
    const wanted = to === "target" ? details.querySelector(".target > .verbatim") : cells[Number(to)];
    for (const shown of cells.filter(Boolean)) {
      const text = textOf(shown);
      shown.replaceChildren(...originals.get(shown));
      if (to === "" || !wanted || shown === wanted) continue;
      const found = difference(textOf(wanted), text);
      if (!found) {
        shown.prepend(make("p", "absent", say("compare.long")));
        continue;
      }
      const nodes = found.map(([kind, part]) => {
        const inside = foreign(part).childNodes;
        return kind === "same" ? [...inside] : [make(kind, "", ...inside)];
      });
      shown.replaceChildren(...nodes.flat());
    }
  };

  // -- the samples of one slot ---------------------------------------------------------------------------------------

  const live = async (list) => {
    const anchor = list.dataset.samples, pick = document.getElementById(`${anchor}-pick`);
    const pagers = [...document.querySelectorAll(`[data-pager="${anchor}"]`)];
    const index = await opened(`${anchor}-index`);
    const unscored = index.unscored.map((samples) => new Set(samples));
    const tags = index.tag.map((found) => new Set(found));
    const standing = new Map([...list.children].map((node) => [Number(node.id.split("-").at(-1)), node]));
    const chunks = new Map(), texts = new Map();
    let chosen = { ...DEFAULTS }, matched = [];

    const chunkOf = (i) => index.chunks.findLastIndex((start) => start <= i);
    const chunk = (at) => {
      if (!chunks.has(at)) chunks.set(at, opened(`${anchor}-chunk-${at}`));
      return chunks.get(at);
    };
    const place = (i) => [...index.tasks[index.task[i]], index.ids[i], String(index.epoch?.[i] ?? 0)].map(spelled).join(":");

    const row = (i) => {
      const interest = [1, 2, 4].findIndex((flag) => index.flags[i] & flag);
      const chips = index.names.map((_, c) => {
        const value = index.scores[c][i], at = `${spelled(index.slot)}/samples/${spelled(index.candidates[c])}/${place(i)}:`;
        if (value === null && !unscored[c].has(i)) return null;
        const shown = value === null ? say("chip.unscored") : figure(`${at}chip`, raw(value), hundredths(value));
        return make("span", "chip", mark(index.colours[c]), shown);
      });
      const about = make("span", "about", make("span", "id", foreign(index.shown[i] ?? index.ids[i])), " ", foreign(index.inputs[i]));
      const summary = make("summary", "", make("span", "chips", chips), about);
      if (index.epoch) {
        const id = `${spelled(index.slot)}/samples/all/${place(i)}:epoch`, n = String(index.epoch[i] + 1);
        summary.append(" ", make("span", "behind", say("samples.epoch", { epoch: figure(id, n, n) })));
      }
      if (interest >= 0) summary.append(make("span", "badge", say(`interest.${interest}`)));
      const details = make("details", `sample interest-${interest < 0 ? 3 : interest}`, summary);
      details.id = `${anchor}-sample-${i}`;
      return details;
    };

    const fill = async (details, i) => {
      if (details.childElementCount === 1) {
        if (i < index.written) {
          const at = chunkOf(i), sample = (await chunk(at))[i - index.chunks[at]];
          if (details.childElementCount === 1) details.append(...body(index, i, sample));
        } else {
          const file = make("a", "", foreign(list.dataset.outputs));
          file.href = list.dataset.outputs;
          details.append(make("p", "absent", say("samples.elsewhere", { file })));
        }
      }
      compare(details, chosen.compare);
    };

    /* What can be searched of a sample: its row, and its texts as far as the page holds them. */
    const searchable = async () => {
      if (texts.size) return;
      const loaded = await Promise.all(index.chunks.map((_, at) => chunk(at)));
      index.ids.forEach((id, i) => {
        const at = chunkOf(i), sample = i < index.written ? loaded[at][i - index.chunks[at]] : null;
        const said = sample?.answers.flatMap((answer) => (answer ? [answer.text, answer.message, ...(answer.heard ?? []).map((h) => h.text)] : []));
        const parts = standing.has(i) ? [standing.get(i).textContent] : [sample?.input, sample?.target, ...(said ?? [])];
        texts.set(i, [id, index.inputs[i], ...parts].filter(Boolean).join("\n").toLowerCase());
      });
    };

    const matches = (i) => {
      const who = chosen.who === "" ? null : index.scores[Number(chosen.who)][i];
      return (chosen.show === "all" || Boolean(index.flags[i] & FLAGS[chosen.show]))
        && (chosen.task === "" || index.task[i] === Number(chosen.task))
        && (chosen.tag === "" || tags[i].has(Number(chosen.tag)))
        && (chosen.who === "" || (who !== null && who < BAD_BELOW))
        && (chosen.find === "" || texts.get(i).includes(chosen.find.toLowerCase()));
    };

    const render = () => {
      const last = Math.max(1, Math.ceil(matched.length / ROWS));
      const page = Math.min(last, Math.max(1, Number(chosen.page) || 1)), start = (page - 1) * ROWS;
      const wanted = matched.slice(start, start + ROWS), shown = new Set(wanted);
      for (const node of [...list.children]) {
        const i = Number(node.id.split("-").at(-1));
        if (standing.has(i)) node.hidden = !shown.has(i);
        else if (!shown.has(i)) node.remove();
      }
      let before = null;
      for (const i of wanted) {
        const node = document.getElementById(`${anchor}-sample-${i}`) ?? row(i);
        const after = before ? before.nextElementSibling : list.firstElementChild;
        if (after !== node) list.insertBefore(node, after);
        before = node;
      }
      for (const details of list.querySelectorAll("details.sample[open]:not([hidden])")) compare(details, chosen.compare);
      for (const pager of pagers) {
        pager.hidden = matched.length === index.ids.length && last === 1;
        const range = { first: start + 1, last: start + wanted.length, total: matched.length };
        pager.querySelector(".range").replaceChildren(say(matched.length ? "pager.range" : "pager.none", matched.length ? range : {}));
        for (const button of pager.querySelectorAll("button")) {
          const to = page + Number(button.dataset.step);
          button.setAttribute("aria-disabled", String(to < 1 || to > last));
        }
      }
      chosen.page = String(page);
    };

    const controls = () => {
      for (const button of pick.querySelectorAll("[data-show]")) {
        button.setAttribute("aria-pressed", String(button.dataset.show === chosen.show));
      }
      for (const name of ["task", "tag", "who", "compare", "find"]) {
        if (pick.elements[name] && pick.elements[name].value !== chosen[name]) pick.elements[name].value = chosen[name];
      }
    };

    const apply = async () => {
      if (chosen.find !== "") await searchable();
      matched = index.ids.map((_, i) => i).filter(matches);
      controls();
      render();
    };

    const choose = (changes) => {
      chosen = { ...chosen, page: "1", ...changes };
      for (const [name, standard] of Object.entries(DEFAULTS)) {
        const value = chosen[name] === standard ? null : chosen[name], key = `${anchor}.${name}`;
        if (state.get(key) !== value) state.set(key, value);
      }
      return apply();
    };

    /* Show one sample, whatever else was chosen, where that hides it. */
    const visit = async (i) => {
      if (!(i < index.ids.length)) return;
      if (!matched.includes(i)) await choose({ ...DEFAULTS, compare: chosen.compare });
      chosen.page = String(Math.floor(matched.indexOf(i) / ROWS) + 1);
      render();
      const details = document.getElementById(`${anchor}-sample-${i}`);
      details.open = true;
      state.set("sample", details.id);
      await fill(details, i);
      details.scrollIntoView();
    };

    const follow = async (linked) => {
      const found = Object.keys(DEFAULTS).map((name) => [name, state.get(`${anchor}.${name}`) ?? DEFAULTS[name]]);
      chosen = Object.fromEntries(found);
      if (!Object.hasOwn(FLAGS, chosen.show)) chosen.show = "all";
      for (const [name, n] of [["task", index.tasks.length], ["tag", index.tags.length], ["who", index.names.length]]) {
        if (!(Number(chosen[name]) >= 0 && Number(chosen[name]) < n)) chosen[name] = "";
      }
      await apply();
      const named = `${anchor}-sample-`, sample = linked?.startsWith(named) ? linked : state.get("sample");
      if (sample?.startsWith(named)) await visit(Number(sample.slice(named.length)));
    };

    // what a reader does
    pick.addEventListener("submit", (event) => event.preventDefault());
    pick.addEventListener("click", (event) => {
      const button = event.target.closest("[data-show]");
      if (button) choose({ show: button.dataset.show });
    });
    pick.addEventListener("input", (event) => {
      const { name, value } = event.target;
      choose(name === "compare" ? { compare: value, page: chosen.page } : { [name]: value });
    });
    for (const pager of pagers) {
      const turn = (step) => {
        const to = Number(chosen.page) + step;
        if (to < 1 || to > Math.ceil(matched.length / ROWS)) return;
        choose({ page: String(to) });
      };
      pager.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) turn(Number(button.dataset.step));
      });
      pager.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step) turn(step);
      });
    }
    list.addEventListener("toggle", ({ target }) => {
      if (target.open && target.classList.contains("sample")) fill(target, Number(target.id.split("-").at(-1)));
    }, true);
    list.addEventListener("click", (event) => {
      const details = event.target.closest("summary")?.parentElement;
      if (details?.classList.contains("sample")) state.set("sample", details.open ? null : details.id);
    });
    for (const cell of document.querySelectorAll(`[data-bad="${anchor}"] td[data-who]`)) {
      const { task, tag } = cell.parentElement.dataset, { who } = cell.dataset;
      const button = make("button", "link", ...cell.childNodes);
      button.type = "button";
      label(button, "title", "bad.show", { candidate: index.names[Number(who)] });
      button.addEventListener("click", async () => {
        await choose({ ...DEFAULTS, compare: chosen.compare, task: task ?? "", tag: tag ?? "", who });
        pick.scrollIntoView();
      });
      cell.append(button);
    }
    document.addEventListener("statechange", () => follow(state.place));
    pick.hidden = false;
    await follow(state.get("sample") ? null : state.place);
    list.removeAttribute("aria-busy");
  };

  for (const list of document.querySelectorAll("[data-samples]")) {
    list.setAttribute("aria-busy", "true");
    live(list);
  }
})();
