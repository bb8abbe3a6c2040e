"""What `--help` shows in Simplified Chinese, by the English text that stands beside the code of each verb."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        # the page itself
        "[OPTIONS]": "[选项]",
        "COMMAND": "命令",
        "[ARGS]...": "[参数]...",
        "Arguments": "参数",
        "Options": "选项",
        "Commands": "命令",
        "required": "必填",
        "Show this message and exit.": "显示这些说明。",
        "Install completion for the current shell.": "为当前 shell 安装自动补全。",
        "Show completion for the current shell, to copy it or customize the installation.": "显示当前 shell 的自动补全"
        "脚本，可以复制，或自行安装。",
        # every verb
        "Decide which AI model a product should use, with evidence.": "用证据决定产品该用哪个 AI 模型。",
        "Begin with `bakeoff demo`, which needs no key, or with `bakeoff init`.": "可以从 `bakeoff demo`（不需要"
        "密钥）或 `bakeoff init` 开始。",
        "Folder of bakeoff.yaml.": "bakeoff.yaml 所在的文件夹。",
        "this folder": "当前文件夹",
        "Print the version and stop.": "显示版本。",
        "Speak English or Simplified Chinese; as this and the next three, of any verb.": "用英文或简体中文；"
        "这个选项和下面三个，任何命令都可以用。",
        "by BAKEOFF_LANG, else the system's": "BAKEOFF_LANG 所写的，否则用系统的语言",
        "Print results and errors only.": "只输出结果和错误。",
        "Print each failed attempt and each wait as it happens.": "随时输出每次失败的尝试和每次等待。",
        "Print where an error came from.": "输出错误的来处。",
        "Folder that holds the runs.": "存放运行的文件夹。",
        "reports beside bakeoff.yaml": "bakeoff.yaml 旁边的 reports",
        "Print one JSON document and nothing else.": "只输出一个 JSON 文档。",
        "Only this suite; may be repeated.": "只用这个测试集；可以写多次。",
        "Only these candidates.": "只问这些候选。",
        "Only the first N samples a task.": "每个任务只用前 N 个样本。",
        "Run the programs that models write, in a sandbox (bubblewrap).": "在沙箱（bubblewrap）里执行模型写的程序。",
        "Rank although answers are missing; the report says so.": "缺少回答也排名；报告会注明。",
        "A run's folder or name.": "运行的文件夹或名称。",
        "A run's folder or name; `latest` is the newest.": "运行的文件夹或名称；latest 是最新的一次。",
        "the newest": "最新的一次",
        # demo
        "Plan, run, score, decide and report on real embedded models: no key; no network once they are installed.": ""
        "用真实的内置模型完成计划、运行、评分、决定和报告：不需要密钥；模型装好之后也不需要网络。",
        "Every modality that the embedded models do.": "内置模型能做的每种模态。",
        # init
        "Write bakeoff.yaml, providers.yaml, an example suite and .env.example.": "写出 bakeoff.yaml、providers.yaml、"
        "一个示例测试集和 .env.example。",
        "Where to write.": "写到哪里。",
        "What the models are to do.": "模型要做什么。",
        "text": "text",
        "Make the suite from a CSV, TSV, XLSX, JSONL or TXT file.": "用 CSV、TSV、XLSX、JSONL 或 TXT 文件做测试集。",
        "Of the spreadsheet: the column of the questions.": "表格中哪一列是问题。",
        "That of the right answers.": "哪一列是正确的回答。",
        "Ask nothing: take what is found.": "什么都不问：找到什么就用什么。",
        "An OpenAI-compatible server of your own.": "你自己的、与 OpenAI 兼容的服务器。",
        "Its model's name.": "它的模型名。",
        "Overwrite what is there.": "覆盖已有的文件。",
        # check, plan
        "Validate the configuration, the data and the keys, offline; show all problems at once.": "离线检查配置、数据和"
        "密钥；一次列出所有问题。",
        "Show the calls, tokens, dollars and minutes of a run, and "
        "the smallest difference that its samples can show.": ""
        "显示一次运行要多少次调用、多少 token、多少美元、多少分钟，以及样本能分辨的最小差异。",
        # run
        "Ask every candidate every sample, measure, decide and write the report.": "把每个样本问遍每个候选，测量、"
        "决定并写出报告。",
        "Go on with a run: only what is missing is sent.": "继续一次运行：只发送还缺的。",
        "Stop before this is passed.": "在超过这个数之前停下。",
        "Under a budget, also ask candidates without a price; see --max-calls.": "有预算时也问没有价格的候选；"
        "见 --max-calls。",
        "With --allow-unpriced: the most requests to them, warm-up and retries among them.": "与 "
        "--allow-unpriced 一起用：最多向它们发多少次请求，预热和重试也算在内。",
        "Ask the first K samples of each task, say what the whole run will take, and stop: a resume goes on.": ""
        "先问每个任务的前 K 个样本，说明整个运行要多少，然后停下；用 --resume 继续。",
        "How long an interrupt waits for what is in flight.": "中断时，等待已发出的请求多少秒。",
        # score, decide
        "Score a run's outputs with the scorers as they are now; asks no model.": "用现在的评分器给一次运行的输出评分；"
        "不问任何模型。",
        "Weigh a run's measurements and write decision.json; or decide a table of options.": "给一次运行的测量结果"
        "加权，写出 decision.json；也可以决定一张选项表。",
        "With --weights or --prices nothing is written, and decision.json stays as it is.": "用 --weights 或 --prices "
        "时什么都不写，decision.json 保持原样。",
        "A table is a CSV, TSV or XLSX file. Its first row names the "
        "columns, its first column the options. `effort low` "
        "and `effort high` hold the interval of `effort`; an empty "
        "cell is not known, which is no zero. The file of the "
        "same name that ends in .yaml says what counts, in the words of one slot of `decision:` in bakeoff.yaml:": ""
        "表是 CSV、TSV 或 XLSX 文件：第一行是列名，第一列是各个选项。`effort low` 和 `effort high` 是 `effort` 的区间；"
        "空单元格表示未知，不是零。同名的 .yaml 文件说明看重什么，写法与 bakeoff.yaml 的 `decision:` 里一个用途相同：",
        "Weights may also be found by swing, order or ahp, and several people may have their own: "
        "docs/decide-a-table.md.": ""
        "权重也可以用 swing、order 或 ahp 得出，几个人可以各有各的权重：docs/decide-a-table.md。",
        "A run's folder or name, or a table's file.": "运行的文件夹或名称，或者表的文件。",
        "the newest run": "最新的运行",
        "Other weights; slot:name=… for one slot.": "其他权重；只用于一个用途时写 slot:name=…。",
        "The YAML file of a table's rule.": "表的规则所在的 YAML 文件。",
        "FILE.yaml": "FILE.yaml",
        "What if the prices of this map held? Nothing is written.": "假如按这份价目表的价格？什么都不写。",
        "With --weights: write decision.json; report, memo and exports will say so.": "与 --weights 一起用："
        "写入 decision.json；报告、备忘录和导出文件会注明。",
        # report, memo
        "Write report.html: one file that opens offline, in the language of --lang, and switches.": "写出 report.html："
        "一个离线就能打开的文件，先显示 --lang 的语言，可以切换。",
        "Hashes in the place of questions, answers and media.": "用哈希代替问题、回答和媒体。",
        "Write the selection memo that someone can sign, in the language of --lang.": "用 --lang 的语言写出可以签字的"
        "选型备忘录。",
        "Markdown or Word.": "Markdown 或 Word。",
        "Requests a month to price.": "按每月多少次请求计价。",
        "by the traffic of bakeoff.yaml": "按 bakeoff.yaml 的 traffic",
        # verify, compare
        "Derive every number of report, memo and decision.json again "
        "from the records; ends with 74 where one differs.": ""
        "从记录重新推导报告、备忘录和 decision.json 的每个数字；有一个不同就以 74 结束。",
        "Compare candidates with themselves in another run, sample "
        "by sample; ends with 1 where one is worse for sure.": ""
        "逐个样本比较候选在不同运行中的表现；有候选确定变差就以 1 结束。",
        "One or more runs since.": "此后的一次或几次运行。",
        "Candidates that have another name since.": "此后改了名的候选。",
        # cost
        "Say what each candidate costs a request, a month, a user and a seat.": "说明每个候选每次请求、每月、每位用户、"
        "每个席位的成本。",
        "Where nobody says how many requests come, it is what one costs, and 1,000.": "没有写明每月多少次请求时，"
        "说明每次请求和每 1,000 次请求的成本。",
        "YAML; without it the traffic of bakeoff.yaml.": "YAML；不写就用 bakeoff.yaml 的 traffic。",
        "What if this share of the prompt were cached?": "假如提示词有这样的比例命中缓存？",
        "What if this share could wait for a batch?": "假如有这样的比例可以等批处理？",
        "What if so many came a month?": "假如每月有这么多次请求？",
        "What if the prices of this map held? The run keeps its own.": "假如按这份价目表的价格？运行保持自己的价格。",
        # export, import
        "Write one row a planned answer: what was asked, what came, "
        "what it was worth, also what failed or is pending.": ""
        "每个计划的回答写一行：问了什么、得到什么、值多少分，失败的和还没问的也在内。",
        "csv, xlsx and parquet: answers, xlsx with the decision; jsonl leaves nothing out; md and junit: the "
        "decision.": "csv、xlsx 和 parquet 是回答，xlsx 还有决定；jsonl 什么都不略去；md 和 junit 是决定。",
        "`-` is stdout.": "写 - 就输出到屏幕。",
        "in the run's folder": "在运行的文件夹里",
        "Make a run of the logs of promptfoo, inspect_ai, lm_eval or EvalScope, to be decided and reported.": ""
        "把 promptfoo、inspect_ai、lm_eval 或 EvalScope 的日志变成一次运行，用来决定和报告。",
        "Logs or folders of them; NAME=PATH says what its candidate is called.": "日志或装日志的文件夹；NAME=PATH 写明"
        "候选叫什么。",
        "The run's folder.": "运行的文件夹。",
        "a new one": "新的文件夹",
        "Whose value is the quality.": "用哪个评分作质量。",
        "the tool's main": "那个工具的主要评分",
        # fetch, list, doctor
        "Install and verify the weights of embedded models; says what, how much and under which licence first.": ""
        "安装并校验内置模型的权重；先说明装什么、有多大、用什么许可证。",
        "Default: every embedded engine that this Python has packages for.": ""
        "不写就是当前 Python 装得了的每个内置引擎。",
        "List the suites with who can do them, the candidates with "
        "the keys that they need, the scorers and engines.": "列出测试集和谁能做、候选和各自需要的密钥、评分器和引擎。",
        "Only what has this word in it.": "只列出含有这个词的。",
        "Show versions and engines, and measure the measuring "
        "against a server of known latency; takes half a minute.": ""
        "显示版本和引擎，并用已知延迟的服务器检验测量本身；大约半分钟。",
        # prices
        "Keep a dated copy of the price map, and see what has changed.": "保存一份带日期的价目表，看看什么变了。",
        "Write prices.json: from now on the folder's plans and runs have these prices, whatever is installed.": ""
        "写出 prices.json：从此这个文件夹的计划和运行都用这些价格，不管安装的是什么版本。",
        "A price map in LiteLLM's shape; default: the installed one.": "LiteLLM 格式的价目表；不写就用已安装的。",
        "Say what each candidate costs, and where that comes from.": "说明每个候选的价格和出处。",
        "Compare the folder's prices.json with a newer map.": "把文件夹的 prices.json 与更新的价目表比较。",
        "The newer map; default: that of the installed LiteLLM.": "更新的价目表；不写就用已安装的 LiteLLM 的。",
        "Every model of the two maps, not only the folder's candidates.": "两份价目表的所有模型，不只是文件夹的候选。",
        # store
        "Look after run folders.": "照管运行的文件夹。",
        "Read everything that a run has stored; ends with 74 where something is damaged.": "读一遍运行存下的所有内容；"
        "有损坏就以 74 结束。",
        "Copy what can be read into RUN-salvaged.": "把还能读的内容复制到 RUN-salvaged。",
        "Remove the media files that no row of the run names.": "删除运行中没有任何记录引用的媒体文件。",
    }
)

MISUSES: Sequence[tuple[str, str]] = (
    (r"^No such command '(.*?)'\.", r"没有“\1”这个命令。"),
    (r" Did you mean (.*)\?", r"是不是 \1？"),
    (r"^No such option: ([^\s.]+)\.?", r"没有选项 \1。"),
    (r" \(Possible options: (.*)\)", r"相近的有：\1"),
    (r"^Missing (?:argument|option|parameter) '(.*?)'\.", r"缺少 \1。"),
    (r"^Option '(.*)' requires an argument\.", r"选项 \1 后面要写值。"),
    (r"^Option '(.*)' does not take a value\.", r"选项 \1 后面不能写值。"),
    (r"^Got unexpected extra arguments?(?:\(s\))? \((.*)\)", r"多出来的参数：\1"),
    (r"^Invalid value for '(.*?)'(?: / '.*?')*: ", r"\1 的值不对："),
    (r"(\S+) is not in the range (.*)\.$", r"\1 不在 \2 的范围内。"),
    (r"'(.*)' is not a valid (?:int|integer|float)( range)?\.", r"“\1”不是数字。"),
    (r"Directory '(.*)' is a file\.", r"“\1”是文件，不是文件夹。"),
)
"""Patterns of what typer says, one after the other."""
