"use strict";
/* Says the page in either language: what is marked with its key is said again in place, around the same nodes. */
const { say, label, foreign, state } = (() => {
  /* What the page remembers in its address, as key=value pairs behind the place that a link leads to. */
  const state = {
    place: "",
    pairs: new Map(),
    get(key) {
      return this.pairs.get(key) ?? null;
    },
    set(key, value) {
      if (value === null) this.pairs.delete(key);
      else this.pairs.set(key, String(value));
      this.write();
    },
    read() {
      const parts = location.hash.slice(1).split("&").filter(Boolean);
      this.place = parts.find((part) => !part.includes("=")) ?? "";
      const pairs = new URLSearchParams(parts.filter((part) => part.includes("=")).join("&"));
      if (pairs.size) this.pairs = new Map(pairs);
    },
    write() {
      const pairs = new URLSearchParams([...this.pairs]).toString();
      history.replaceState(null, "", `#${[this.place, pairs].filter(Boolean).join("&")}`);
    },
  };

  const WORDS = JSON.parse(document.getElementById("words").textContent);
  const HAN_GAP = /(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])/g;
  let language = document.documentElement.lang.slice(0, 2);

  /* Literal text at even places, names of what fills it at odd ones. */
  const parts = (key, of) => WORDS[of][key].split(/\{(\w+)\}/);

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.textContent = text;
    return made;
  };

  const spans = (text, pattern, className) =>
    text.split(pattern).map((part, i) => (i % 2 ? element("span", className, part) : part)).filter((part) => part !== "");

  const named = (text) => spans(text, /(⟨U\+[0-9A-F]{4,6}⟩)/, "hidden-character");

  /* Text that others wrote, as it is. */
  const foreign = (text) => {
    const made = element("span", "verbatim", "");
    made.append(...named(text));
    return made;
  };

  const piece = (given) => {
    if (typeof given === "string") return foreign(given);
    if (typeof given === "number") {
      const data = element("data", "", given.toLocaleString("en-US", { maximumSignificantDigits: 6 }));
      data.value = String(given);
      return data;
    }
    if (given instanceof Element) return given;
    if (!(given instanceof Node)) return say(given.key, given.args).firstChild;
    const made = document.createElement("span");
    made.append(given);
    return made;
  };

  const lay = (said, pieces) => {
    const sentence = parts(said.dataset.say, language);
    const text = (i) => (sentence[i] === undefined ? "" : pieces[sentence[i]].textContent);
    const nodes = sentence.flatMap((part, i) => {
      if (i % 2) return [pieces[part]];
      const [before, after] = [text(i - 1).slice(-1), text(i + 1).slice(0, 1)];
      const joined = language === "zh" ? (before + part + after).replace(HAN_GAP, "") : before + part + after;
      return spans(joined.slice(before.length, joined.length - after.length), /(\d(?:[\d.,]*\d)?)/, "term");
    });
    said.replaceChildren(...nodes);
  };

  /* A sentence in the page's language, which follows it; `args`: texts of others, numbers, nodes, or {key, args}. */
  const say = (key, args = {}) => {
    const said = document.createElement("span");
    said.dataset.say = key;
    lay(said, Object.fromEntries(Object.entries(args).map(([name, given]) => [name, piece(given)])));
    const fragment = document.createDocumentFragment();
    fragment.append(said);
    return fragment;
  };

  /* A sentence as an attribute, which follows the page's language too; without a name, as the element's text. */
  const label = (of, attribute, key, args = {}) => {
    of.dataset.words = JSON.stringify([attribute, key, args]);
    const text = say(key, args).textContent;
    if (attribute) of.setAttribute(attribute, text);
    else of.textContent = text;
  };

  /* Say everything in another language, in place, and tell the page with the event `languagechange`. */
  const speak = (to) => {
    if (to === language || !Object.hasOwn(WORDS, to)) return;
    const from = language;
    language = to;
    for (const said of [...document.querySelectorAll("[data-say]")].reverse()) {
      const names = parts(said.dataset.say, from).filter((_, i) => i % 2);
      const nodes = [...said.children].filter((node) => !node.classList.contains("term"));
      lay(said, Object.fromEntries(names.map((name, i) => [name, nodes[i]])));
    }
    for (const told of document.querySelectorAll("[data-told]")) {
      told.replaceChildren(...named(JSON.parse(told.dataset.told)[language]));
    }
    for (const labelled of document.querySelectorAll("[data-words]")) {
      label(labelled, ...JSON.parse(labelled.dataset.words));
    }
    for (const button of document.querySelectorAll("[data-language]")) {
      const chosen = button.dataset.language === language;
      button.setAttribute("aria-pressed", String(chosen));
      if (chosen) document.documentElement.lang = button.lang;
    }
    document.dispatchEvent(new Event("languagechange"));
  };

  /* A link within the page takes the address: what was remembered is put back behind it. */
  const arrive = () => {
    const [place, known] = [state.place, state.pairs.size];
    speak(state.get("lang") ?? language); // before the page scrolls: another language has other heights
    if (known && place) {
      const target = document.getElementById(place);
      for (let at = target?.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
      target?.scrollIntoView({ behavior: "instant" });
    }
    if (known) state.write();
  };

  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      speak(button.dataset.language);
      state.set("lang", language);
    });
  }
  document.querySelector(".languages").hidden = false;
  state.read();
  arrive();
  addEventListener("hashchange", () => {
    state.read();
    arrive();
    document.dispatchEvent(new Event("statechange"));
  });

  return { say, label, foreign, state };
})();
