"""What a decision says, in Simplified Chinese: the keys of `decide/sentences.py`."""

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # the verdict
        "stopped": "运行未完成，因此没有给出排名。",
        "nothing_asked": "没有就 {slot} 向任何候选提问。",
        "nothing_answered": "{slot} 没有测得任何数据：没有候选给出可用的回答。",
        "nothing_measured": "{slot} 没有测得任何计入评分的数据：所有维度都没有值。",
        "nobody": "没有可以推荐的候选：{reasons:;}。",
        "nobody.fails": "{candidate} 未通过 {limits:and}",
        "nobody.stopped": "{candidates:and} 此前已确定落败",
        "nobody.unknown": "{candidates:and} 的质量未能测得",
        "unfit": "没有可以推荐的候选：{leader} 排第一，但它的质量没有超过可接受的下限。",
        "unfit.alone": "没有可以推荐的候选：{leader} 的质量没有超过可接受的下限。",
        "unfit.next": "质量够好的候选中，排在最前的是 {rival}；给质量设一道门槛，就能排除不够好的候选。",
        "too_little": "测得的数据太少，无法作出决定：{candidates:and} 的质量未能测得。就已测得的部分看，"
        "{leader} 领先。",
        "scarce": "样本太少，无法选择：只有 {independent} 个相互独立的样本。{leader} 目前领先，但可能只是运气。",
        "scarce.needed": "至少还需要 {more} 个：少于 {least} 个时，即使一个候选在每个样本上都更好，也可能只是偶然。"
        "达到 {reliable} 个后，区间才可靠。",
        "alone": "只测了一个候选：{leader} 得分 {score}，没有可以比较的对象。",
        "left.measured": "{leader} 是唯一测得了数据、且没有被门槛排除的候选。",
        "left": "{leader} 是唯一没有被门槛排除的候选。",
        "left.stopped": "只剩 {leader}：其余候选被门槛排除，或已确定落败而提前停止。",
        "clear": "{leader} 明确胜出：在 {share} 的抽样中排第一。",
        "more_than": "超过 {amount}",
        "no_clear_winner": "难分高下：",
        "cheaper.nothing": "{leader} 排第一，但 {rival} 与它的差距在误差范围内，而且不花钱。",
        "cheaper.slightly": "{leader} 排第一，但 {rival} 与它的差距在误差范围内，而且略便宜一些。",
        "cheaper": "{leader} 排第一，但 {rival} 与它的差距在误差范围内，而且便宜 {saved}。",
        "doubt.misnamed": "{leader} 排第一，但它的回答所署的模型与所问的不同。",
        "doubt.draws": "{leader} 排第一，但把握不大：在 {share} 的抽样中排第一。",
        "doubt.incomplete": "{leader} 排第一，但运行未完成。",
        "doubt.few": "{leader} 排第一，但样本太少，不足以认定明确胜出。",
        "doubt.flip": "{leader} 排第一，但权重稍有变动，{rival} 就会升至第一。",
        "doubt.untold": "{leader} 排第一，但现有样本还不能把它和 {rivals:and} 区分开。",
        "doubt.bounded": "{leader} 排第一，但 {rivals:and} 的成本只知道上限，实际若更低，结果可能改变。",
        "doubt.omitted": "{leader} 排第一，但去掉某一项维度后，它常常失去领先。",
        "unsure": "{leader} 排第一，但无从知道有多大把握：有任务只有一个已评分的样本，看不出离散程度。",
        "seldom": "{leader} 排第一，但只在 {share} 的抽样中排第一。",
        "likeliest": "{candidate} 最可能是最好的：在 {share} 的抽样中排第一。",
        "likeliest.other": "{candidate} 最可能是最好的：在 {share} 的抽样中排第一，{leader} 为 {its}。",
        "near.one": "{leader} 排第一；{rivals:and} 与它的差距在误差范围内，但并不更便宜。",
        "near.one.unpriced": "{leader} 排第一；{rivals:and} 与它的差距在误差范围内，是否更便宜还不知道。",
        "near": "{leader} 排第一；{rivals:and} 与它的差距都在误差范围内，但都不更便宜。",
        "near.unpriced": "{leader} 排第一；{rivals:and} 与它的差距都在误差范围内，是否更便宜还不知道。",
        "near.one.given": "{leader} 排第一；{rivals:and} 与它的差距在误差范围内。",
        "near.given": "{leader} 排第一；{rivals:and} 与它的差距都在误差范围内。",
        "doubt.untold.given": "{leader} 排第一，但所给的区间还不能把它和 {rivals:and} 区分开。",
        "overtakes.never": "就测得的数值看，无论怎样调整权重，第一名都不会变。",
        "overtakes.all": "只有几乎完全只看 {criterion}（目前 {now}）时，{rival} 才会反超。",
        "overtakes.none": "只有几乎完全不看 {criterion}（目前 {now}）时，{rival} 才会反超。",
        "overtakes.above": "{criterion} 的权重超过 {weight}（目前 {now}）时，{rival} 会反超。",
        "overtakes.below": "{criterion} 的权重低于 {weight}（目前 {now}）时，{rival} 会反超。",
        "withheld.one": "{leader} 暂时不能推荐：{limits:and} 尚未得到证明。",
        "withheld": "{leader} 暂时不能推荐：{limits:and} 尚未得到证明。",
        "untested": "{leader} 没有被推荐：它既没有对手，也没有需要通过的门槛。",
        # what came of the calls
        "came.answers": "{candidate}：计划的 {planned} 个回答中，{parts}。",
        "came.measurements": "{candidate}：对它的回答计划的 {planned} 次测量中，{parts}。",
        "came.pending": "{n} 个待完成",
        "came.pending.because": "{n} 个待完成（{why}）",
        "came.infra": "{n} 个因基础设施丢失",
        "came.harness": "{n} 个因 Bakeoff 丢失",
        "why.interrupted": "被中断",
        "why.budget": "预算已用完",
        "why.given_up": "已停止向它发送请求",
        "why.storage": "磁盘出错",
        "why.pilot": "只试跑了一部分",
        "why.unknown": "进程被终止，或仍在运行",
        # caveats
        "allowed": "运行未完成，因为得到允许才给出排名。{came}",
        "early": "{candidate} 在 {slot} 的 {planned} 个样本中问过 {samples} 个之后提前停止：{why}。"
        "有 {calls} 个回答没有再问{saved}。",
        "early.behind": "它已不可能超过 {leader}，后者至少领先 {by}",
        "early.gate": "它确定不满足 {limit}",
        "early.gate.bound": "它确定不满足 {limit}，最好也只有 {bound}",
        "early.saved": "（按此前的花费，约省 ${usd}）",
        "early.unpriced": "",
        "early.meaning": "提前停止的候选不参与排名，也不会被推荐。它的数字只来自问过的样本，"
        "区间在每次查看时都成立，因此比其他候选的更宽。",
        "left_out": "{candidate} 没有参与排名：它的质量未能测得。",
        "echoes": "{candidate} 注明了模型的 {of} 个回答中，有 {answers} 个注明的不是 {asked}（最常见的是 {model}）。",
        "self_measured": "{candidate} 所用的模型，同时又是本表的测量工具 {instrument}（{model}），结果可能偏向它。",
        "unproven": "{candidate} 有一项门槛未证明：{reason}。",
        "at_worst": "{leader} 在 {criterion} 上没有超过可接受的下限。",
        "unsupported": "{criterion}（{metric}）对 {candidates} 的测量次数太少：这一项谁都不计分。",
        "unknown.all": "所有候选的 {criterion} 都未知：这一项分不出高下。",
        "unknown": "{candidates} 的 {criterion} 未知：按 0 计分。",
        "missing.all": "{criterion}（{metric}）没有测得任何候选的数据：这一项分不出高下。",
        "missing": "{criterion}（{metric}）没有测得 {candidates} 的数据：按 0 计分。",
        "blurred": "在 {criterion} 上，{leader} 与 {rivals} 的差距小于这台机器能分辨的 {resolution} ms："
        "这一项分不出它们的高下。",
        "lost": "{candidate} 的回答只有 {share} 得到评分；其余的待完成或已丢失，不算它的失败。",
        "bounded": "{candidate} 的成本是上限：{of} 次调用中有 {calls} 次因为没有报告用量而采用估算。",
        "saturated": "{criterion} 的区分作用有限：至少一半候选落在其范围（{metric} 从 {worst} 到 {ideal}）的一端，"
        "或超出这一端。",
        "few.one": "只比较了一个独立的样本：少于 {least} 个时，区间比较粗略。",
        "few.one.alike": "只比较了一个独立的样本，因为全部 {samples} 个样本的 cluster 相同（例如 {alike:and}）："
        "少于 {least} 个时，区间比较粗略。",
        "few.alike": "只比较了 {independent} 个相互独立的样本，因为 {samples} 个样本中有 {sharing} 个与别的样本"
        "同属一个 cluster（例如 {alike:and}）：少于 {least} 个时，区间比较粗略。",
        "few": "只比较了 {independent} 个相互独立的样本：少于 {least} 个时，区间比较粗略。",
        "doubtful": "{leader} 的质量可能低至 {low}，而可以接受的最差值是 {worst}：它够不够好，还没有得到证明。",
        "unmoved": "重新抽取这些样本，{candidate} 的 {metric} 每次都一样，所以它得分的区间没有包含 {metric} "
        "本身的不确定性：{low} 到 {high}。",
        "alike": "在质量上，无论怎样重新抽取这些样本，{leader} 与 {candidates:and} 都打平，而这看不出别的样本会怎样："
        "它们之间的最优概率只取决于其他维度。",
        "lonely": "{tasks} 个任务中，有 {lonely} 个任务里 {candidates} 只有一个独立样本得到评分：看不出离散程度，"
        "因此不知道得分可能偏差多少。",
        # gates
        "gate.value": "为 {value}",
        "gate.unmeasured": "未测得",
        "gate.fact": "{metric} {measured}，要求 {limit}",
        "gate.at_best": "{metric} {measured}，最好也只有 {bound}（95%），要求 {limit}",
        "gate.at_worst": "{metric} {measured}，最差可能到 {bound}（95%），要求 {limit}",
        "gate.at_best.given": "{metric} {measured}，最好也只有 {bound}，要求 {limit}",
        "gate.at_worst.given": "{metric} {measured}，最差为 {bound}，要求 {limit}",
        "gate.unknown": "{metric} 未知，要求 {limit}",
        "gate.no_bound": "{metric} {measured}，n={n} 不足以给出边界，要求 {limit}",
    }
)

JOINS: Mapping[str, tuple[str, str]] = MappingProxyType({"": ("、", "、"), "and": ("、", " 和 "), ";": ("；", "；")})
