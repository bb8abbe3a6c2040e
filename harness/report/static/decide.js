"use strict";
/* Decides the slots of the page at the weights that its reader tries, by the arithmetic of harness/decide. */
const { decideAt, unpack, shares } = (() => {
  const TIE = 1e-9;
  const ONE = 65535;

  /* -- numpy's numbers: the draws of the weights are those of Python -------------------------------------------------- */

  /* The 64-bit words of PCG64 from a state on, as halves; each is made once, for every weighting begins there. */
  const pcg64 = ({ state, inc }) => {
    const [step, low128, low64] = [0x2360ed051fc65da44385df649fccf645n, (1n << 128n) - 1n, (1n << 64n) - 1n];
    const [high, low] = [[], []];
    let now = BigInt(state);
    const make = (count) => {
      while (high.length < count) {
        now = (now * step + BigInt(inc)) & low128;
        const mixed = (now >> 64n) ^ (now & low64);
        const turn = now >> 122n;
        const word = ((mixed >> turn) | (mixed << (64n - turn))) & low64;
        high.push(Number(word >> 32n));
        low.push(Number(word & 0xffffffffn));
      }
    };
    return { high, low, make };
  };

  /* The layers of a ziggurat (Marsaglia and Tsang 2000) under `density`, from where its tail begins; `steps` a width. */
  const ziggurat = (tail, area, steps, density, inverse) => {
    const [width, inside, height] = [new Float64Array(256), new Float64Array(256), new Float64Array(256)];
    const base = area / density(tail);
    [width[0], inside[0], height[0]] = [base / steps, (tail / base) * steps, 1];
    [width[255], height[255]] = [tail / steps, density(tail)];
    for (let i = 254, right = tail; i > 0; i -= 1) {
      const x = inverse(area / right + density(right));
      inside[i + 1] = (x / right) * steps;
      [width[i], height[i]] = [x / steps, density(x)];
      right = x;
    }
    return { width, inside, height };
  };
  const NORMAL_TAIL = 3.6541528853610088;
  const NORMAL = ziggurat(NORMAL_TAIL, 0.004928673233974658, 2 ** 52,
    (x) => Math.exp(-0.5 * x * x), (y) => Math.sqrt(-2 * Math.log(y)));
  const EXPONENTIAL_TAIL = 7.69711747013105;
  const EXPONENTIAL = ziggurat(EXPONENTIAL_TAIL, 0.003949659822581572, 2 ** 53, (x) => Math.exp(-x), (y) => -Math.log(y));

  /* numpy.random.Generator's doubles and gammas, word for word: legacy of Marsaglia and Tsang, and of Ahrens and Dieter. */
  const generator = (words) => {
    let at = 0;
    const next = () => {
      at += 1;
      words.make(at);
      return at - 1;
    };
    const uniform = (i) => (words.high[i] * 2 ** 21 + (words.low[i] >>> 11)) / 2 ** 53;
    const double = () => uniform(next());
    const normal = () => {
      for (;;) {
        const i = next();
        const layer = words.low[i] & 255;
        const negative = (words.low[i] >>> 8) & 1;
        const steps = (words.high[i] & 0x1fffffff) * 2 ** 23 + (words.low[i] >>> 9);
        const x = steps * NORMAL.width[layer] * (negative ? -1 : 1);
        if (steps < NORMAL.inside[layer]) return x;
        if (layer) {
          const [above, here] = [NORMAL.height[layer - 1], NORMAL.height[layer]];
          if ((above - here) * double() + here < Math.exp(-0.5 * x * x)) return x;
          continue;
        }
        for (;;) {
          const beyond = -Math.log1p(-double()) / NORMAL_TAIL;
          const other = -Math.log1p(-double());
          if (other + other > beyond * beyond) {
            return Math.floor(steps / 256) & 1 ? -(NORMAL_TAIL + beyond) : NORMAL_TAIL + beyond;
          }
        }
      }
    };
    const exponential = () => {
      for (;;) {
        const i = next();
        const layer = (words.low[i] >>> 3) & 255;
        const steps = words.high[i] * 2 ** 21 + (words.low[i] >>> 11);
        const x = steps * EXPONENTIAL.width[layer];
        if (steps < EXPONENTIAL.inside[layer]) return x;
        if (!layer) return EXPONENTIAL_TAIL - Math.log1p(-double());
        const [above, here] = [EXPONENTIAL.height[layer - 1], EXPONENTIAL.height[layer]];
        if ((above - here) * double() + here < Math.exp(-x)) return x;
      }
    };
    const small = (shape) => {
      for (;;) {
        const [u, v] = [double(), exponential()];
        if (u <= 1 - shape) {
          const x = u ** (1 / shape);
          if (x <= v) return x;
        } else {
          const y = -Math.log((1 - u) / shape);
          const x = (1 - shape + shape * y) ** (1 / shape);
          if (x <= v + y) return x;
        }
      }
    };
    const gamma = (shape) => {
      if (shape === 0) return 0;
      if (shape === 1) return exponential();
      if (shape < 1) return small(shape);
      const b = shape - 1 / 3;
      const c = 1 / Math.sqrt(9 * b);
      for (;;) {
        let x, v;
        do {
          x = normal();
          v = 1 + c * x;
        } while (v <= 0);
        v = v * v * v;
        const u = double();
        if (u < 1 - 0.0331 * (x * x) * (x * x)) return b * v;
        if (Math.log(u) < 0.5 * x * x + b * (1 - v + Math.log(v))) return b * v;
      }
    };
    /* The double that comes `ahead` from here, without going there. */
    const peek = (ahead) => {
      words.make(at + ahead + 1);
      return uniform(at + ahead);
    };
    return { gamma, peek };
  };

  /* -- the decision --------------------------------------------------------------------------------------------------- */

  /* The values of the draws, [criterion][candidate][draw], unpacked when they are first asked for; null: there are none. */
  const unpack = async (slot) => {
    if (slot.unpacked === undefined) {
      slot.unpacked = (async () => {
        if (!slot.draws) return null;
        const packed = Uint8Array.from(atob(slot.values), (c) => c.charCodeAt(0));
        const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
        const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
        const half = bytes.length / 2;
        slot.words = pcg64(slot.stream);
        return slot.criteria.map((_, j) => slot.candidates.map((_, c) => {
          const start = (j * slot.candidates.length + c) * slot.draws;
          return Float64Array.from({ length: slot.draws }, (_, b) =>
            (bytes[start + b] * 256 + bytes[half + start + b]) / ONE);
        }));
      })();
    }
    return slot.unpacked;
  };

  /* Points as weights that sum to 1. The sum is that of numbers with two decimals, without what rounding adds to it. */
  const shares = (points) => {
    const total = Math.round(100 * points.reduce((sum, point) => sum + point, 0)) / 100;
    return points.map((point) => point / total);
  };

  /* What scores are linear in: values or, where they combine to a geometric mean, their logarithms; and the way back. */
  const LEAST_VALUE = 0.01;
  const level = (slot, value) => (slot.geometric ? Math.log(Math.max(value ?? 0, LEAST_VALUE)) : value ?? 0);
  const scored = (slot, sum) => (slot.geometric ? Math.exp(sum) : sum);

  const dot = (weights, values) => weights.reduce((sum, weight, j) => sum + weight * values[j], 0);

  /* What a candidate's score would gain, had the costs that are only known as upper bounds been nothing. */
  const relief = (slot, { values, bounded }, weights, score) => {
    const gain = weights.reduce((sum, weight, j) =>
      sum + (bounded[j] && values[j] !== null ? weight * (level(slot, 1) - level(slot, values[j])) : 0), 0);
    return slot.geometric ? score * (Math.exp(gain) - 1) : gain;
  };

  const firstOf = (scores) => scores.findIndex((score) => score >= Math.max(...scores) - TIE);

  /* The smallest change of weights, Σ |new - old|, by which one reaches the leader; `behind` are the leader's values less
     its own. What moves goes from where the leader is ahead most to where it is ahead least. null: no change does. */
  const flip = (weights, behind) => {
    let gap = dot(weights, behind);
    if (gap <= TIE) return 0;
    const least = Math.min(...behind);
    if (least > 0) return null;
    let moved = 0;
    for (const j of [...behind.keys()].sort((a, b) => behind[b] - behind[a])) {
      const gain = behind[j] - least;
      const part = gain > 0 ? Math.min(weights[j], gap / gain) : 0;
      moved += part;
      gap -= part * gain;
      if (gap <= 0) break;
    }
    return 2 * moved;
  };

  const quantile = (ordered, q) => {
    const position = (ordered.length - 1) * q;
    const below = Math.floor(position);
    const above = Math.min(below + 1, ordered.length - 1);
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below);
  };

  /* The scores of one candidate in the draws; what it lacks counts 0, or `missing`. */
  const drawnScores = (slot, values, weights, c, missing = 0) => {
    const scores = new Float64Array(slot.draws);
    weights.forEach((weight, j) => {
      const [of, lacks] = [values[j][c], slot.candidates[c].values[j] === null];
      if (weight) for (let b = 0; b < slot.draws; b += 1) scores[b] += weight * level(slot, lacks ? missing : of[b]);
    });
    return slot.geometric ? scores.map(Math.exp) : scores;
  };

  /* How often each of `names` is first, as the measurements vary, and the weights about those that are set. */
  const chances = (slot, values, weights, names) => {
    const draw = generator(slot.words);
    const alpha = weights.map((weight) => slot.thresholds.kappa * weight);
    const drawn = new Float64Array(slot.draws * weights.length);
    for (let b = 0, at = 0; b < slot.draws; b += 1) {
      const gammas = alpha.map(draw.gamma);
      const sum = gammas.reduce((one, other) => one + other, 0);
      for (const gamma of gammas) drawn[at++] = gamma / sum;
    }
    const lacks = (c, j) => slot.candidates[c].values[j] === null;
    const nobody = weights.map((_, j) => names.every((c) => lacks(c, j)));
    const unknown = names.map((c) => weights.map((_, j) => lacks(c, j) && !nobody[j]));
    const first = names.map(() => 0);
    const scores = names.map(() => 0);
    for (let b = 0; b < slot.draws; b += 1) {
      names.forEach((c, i) => {
        scores[i] = 0;
        for (let j = 0; j < weights.length; j += 1) {
          const value = unknown[i][j]
            ? draw.peek((b * slot.candidates.length + c) * weights.length + j)
            : values[j][c][b];
          scores[i] += level(slot, value) * drawn[b * weights.length + j];
        }
        scores[i] = scored(slot, scores[i]);
      });
      const best = Math.max(...scores) - TIE;
      const tied = scores.filter((score) => score >= best).length;
      scores.forEach((score, i) => {
        if (score >= best) first[i] += 1 / tied;
      });
    }
    return first.map((count) => count / slot.draws);
  };

  /* The verdict's kind, as harness/decide/verdict.py has it. */
  const kindOf = (slot, found, weights, contenders) => {
    const [limits, leader] = [slot.thresholds, slot.candidates[found.leader]];
    if (slot.without !== null) return slot.without;
    if (leader.unfit) return "none";
    if (slot.candidates.length === 1) return "lean";
    const chance = found.chances[found.leader];
    if (chance === null || slot.scarce) return "toss-up";
    const rows = contenders.map((c) => slot.candidates[c].values.map((value) => level(slot, value)));
    const flips = rows.slice(1).map((row) => flip(weights, rows[0].map((value, j) => value - row[j])));
    const counts = (j) => weights[j] > 0 && contenders.some((c) => slot.candidates[c].values[j] !== null);
    const without = [...weights.keys()]
      .filter(counts)
      .map((j) => weights.map((weight, k) => (k === j ? 0 : weight)))
      .filter((left) => left.some((weight) => weight > 0))
      .map((left) => firstOf(rows.map((row) => dot(left, row) / left.reduce((sum, weight) => sum + weight, 0))));
    const kept = without.filter((first) => first === 0).length;
    const clear =
      chance >= limits.clear_p_best &&
      !slot.never_clear &&
      !leader.misnamed &&
      flips.every((least) => least === null || least >= limits.fragile_l1) &&
      found.near.length === 0 &&
      found.untold.length === 0 &&
      found.cheaper.length === 0 &&
      3 * kept >= 2 * without.length;
    if (clear) return "clear";
    return chance >= limits.lean_p_best ? "lean" : "toss-up";
  };

  /* Everything of a slot that weights change, as `decide` gives it; candidates by their place in the matrix. Without
     `values`, those of `unpack`, nothing is said of chances and intervals. */
  const decideAt = (slot, points, values) => {
    const weights = shares(points);
    const all = [...slot.candidates.keys()];
    const parts = slot.candidates.map((it) => weights.map((weight, j) =>
      slot.geometric ? Math.max(it.values[j] ?? 0, LEAST_VALUE) ** weight : weight * (it.values[j] ?? 0)));
    const scores = parts.map((row) => Math.min(1, row.reduce(
      (one, part) => (slot.geometric ? one * part : one + part), slot.geometric ? 1 : 0)));
    const competing = all.filter((c) => slot.candidates[c].competes);
    const ranks = all.map((c) =>
      slot.candidates[c].competes ? 1 + competing.filter((other) => scores[other] > scores[c] + TIE).length : null);
    const byName = (a, b) => slot.candidates[a].place - slot.candidates[b].place;
    const contenders = [...competing].sort((a, b) => ranks[a] - ranks[b] || byName(a, b));
    const others = all.filter((c) => ranks[c] === null).sort((a, b) => scores[b] - scores[a] || byName(a, b));
    const found = {
      weights, parts, scores, ranks, order: [...contenders, ...others], leader: contenders[0],
      low: all.map(() => null), high: all.map(() => null), chances: all.map(() => null), near: [], untold: [],
      cheaper: [], kind: null,
    };
    if (values === null) return found;
    const drawn = all.map((c) => drawnScores(slot, values, weights, c));
    for (const c of all.filter((it) => !slot.candidates[it].unseen)) {
      const whole = slot.candidates[c].values.every((value) => value !== null);
      const best = whole ? drawn[c] : drawnScores(slot, values, weights, c, 1);
      found.low[c] = quantile(drawn[c].slice().sort(), 0.025);
      found.high[c] = Math.min(1, quantile(best.slice().sort(), 0.975));
    }
    if (competing.length === 1 || competing.every((c) => !slot.candidates[c].unseen)) {
      chances(slot, values, weights, competing).forEach((chance, i) => {
        found.chances[competing[i]] = chance;
      });
    }
    for (const c of contenders.slice(1)) {
      const lead = drawn[found.leader].map((score, b) => score - drawn[c][b]);
      const mean = lead.reduce((sum, x) => sum + x, 0) / slot.draws;
      const deviation = Math.sqrt(lead.reduce((sum, x) => sum + (x - mean) ** 2, 0) / slot.draws);
      if (scores[found.leader] - scores[c] < Math.max(slot.thresholds.near_tie, deviation)) found.near.push(c);
      if (quantile(lead.slice().sort(), 0.025) <= 0) found.untold.push(c);
      const gain = relief(slot, slot.candidates[c], weights, scores[c]);
      if (gain > 0 && scores[found.leader] - scores[c] - gain <= slot.thresholds.near_tie) found.cheaper.push(c);
    }
    found.kind = kindOf(slot, found, weights, contenders);
    return found;
  };

  return { decideAt, unpack, shares };
})();
