"""The words of what is said last of a run on a terminal, in Simplified Chinese."""

from collections.abc import Mapping
from types import MappingProxyType

CLOSING: Mapping[str, str] = MappingProxyType(
    {
        "closing.lean": "有所倾向：{sentence}",
        "closing.title": "{slot}：{basis}",
        "closing.title.incomplete": "未完成  {slot}：{basis}",
        "closing.basis": "所有候选回答同样的 {samples}，其中 {answered} 个全部有回答并已评分",
        "closing.basis.some": "计划了 {samples}，其中 {shared} 个由所有候选共同回答；这些样本里有 {answered} 个"
        "全部有回答并已评分",
        "closing.sample": "{n} 个样本",
        "closing.samples": "{n} 个样本",
        "closing.candidate": "候选",
        "closing.letters": "质量能否区分",
        "closing.score": "得分（95% CI）",
        "closing.p_best": "最优概率",
        "closing.criterion": "{name}：{metric}",
        "closing.coverage": "覆盖率",
        "closing.gates": "门槛",
        "closing.weights": "权重：{shares}",
        "closing.thin": "n：数值只依据这么少的测量。少于 {few} 次时区间比较粗略；少于 6 次时中位数没有区间。",
        "closing.shared": "质量能否区分：字母相同的候选在质量上还区分不开。",
        "closing.pass": "通过",
        "closing.fails": "未通过 {metric}",
        "closing.unproven": "{metric} 未证明",
        "closing.stopped": "问过 {planned} 个样本中的 {samples} 个后提前停止",
        "closing.came": "{candidate}：{parts}",
        "closing.came.answers": "计划 {n} 个回答",
        "closing.came.measurements": "计划对其回答做 {n} 次测量",
        "closing.came.done": "完成 {n}",
        "closing.came.infra": "因基础设施失败 {n}",
        "closing.came.model": "模型自身失败 {n}",
        "closing.came.harness": "因 Bakeoff 失败 {n}",
        "closing.came.excluded": "按计划不问 {n}",
        "closing.came.stopped": "因提前停止而没有再问 {n}",
        "closing.views": "按每个人自己的权重：得分（名次）。不取平均。",
        "closing.regret": "最多让其中一人损失",
        "closing.view": "{score}（{rank}）",
        "closing.profile": "  {who}：{shares}（{method}）",
        "closing.share": "{criterion} {weight}",
        "closing.agreed": "意见一致：每个人都把 {candidate} 排在第一。",
        "closing.agreed.but": "意见一致：每个人都把 {candidate} 排在第一；而用来决定的权重把 {leader} 排在第一。",
        "closing.divided": "意见不一。各人的第一：{choices}。{candidate} 让最不满意的人损失最小。",
        "closing.choice": "{who} 选 {candidate}",
    }
)
