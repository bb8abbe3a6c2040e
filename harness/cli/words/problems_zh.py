"""What is wrong with what the user wrote, in Simplified Chinese, by the English sentence of `harness/config`."""

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # did you mean
        "did you mean '{name}'?": "是不是“{name}”？",
        "known: {names}": "已知的有：{names}",
        "there are: {names}": "有这些：{names}",
        "{first} {then}": "{first}{then}",
        "{first}; {then}": "{first}；{then}",
        "(hidden: it looks like a key)": "（已隐藏：看起来像密钥）",
        "save it as UTF-8": "请存为 UTF-8",
        "rename one": "给其中一个改名",
        "remove one": "删掉其中一个",
        "rename it": "给它改名",
        "keep one of them": "只留其中一个",
        "say '{name}'": "请写“{name}”",
        "unknown key '{key}'": "未知的键“{key}”",
        "unknown key {key}": "未知的键 {key}",
        "unknown key {name}": "未知的键 {name}",
        "the file cannot be read: {strerror}": "文件读不了：{strerror}",
        "{path} cannot be read: {error}": "{path} 读不了：{error}",
        "there is no {path}": "没有 {path}",
        # YAML
        "malformed YAML: {said}": "YAML 格式有误：{said}",
        "malformed YAML: {fault}": "YAML 格式有误：{fault}",
        "malformed YAML: the character U+{code:04X} is not allowed": "YAML 格式有误：不允许使用字符 U+{code:04X}",
        "malformed YAML: nested deeper than {most} levels": "YAML 格式有误：嵌套超过 {most} 层",
        "malformed YAML: the file is not UTF-8 text": "YAML 格式有误：文件不是 UTF-8 文本",
        "malformed YAML: the tag {tag} is not allowed": "YAML 格式有误：不允许使用标签 {tag}",
        "malformed YAML: more than {most:,} values once its aliases are expanded": "YAML 格式有误：展开别名之后超过 "
        "{most:,} 个值",
        "malformed YAML: a key must be plain text": "YAML 格式有误：键必须是普通文本",
        "malformed YAML: `<<` takes a mapping": "YAML 格式有误：`<<` 后面要写映射",
        "an alias that contains itself": "别名包含了它自己",
        "deeper than {most} levels": "超过 {most} 层",
        "indent with spaces, not tabs": "用空格缩进，不要用制表符",
        "remove the tag": "删掉这个标签",
        "the key {name} stands twice, first in line {line}": "键 {name} 出现了两次，第一次在第 {line} 行",
        "{value} is no finite {kind}": "{value} 不是有限的数（{kind}）",
        "a folder": "文件夹",
        "no regular file": "特殊文件",
        "{name} is {what}": "{name} 是{what}，不能当作文件读取",
        "{name} is not UTF-8 text": "{name} 不是 UTF-8 文本",
        "the file has {size:.1f} MB; a YAML file here has at most {most:.0f} MB": "文件有 {size:.1f} MB；这里的 "
        "YAML 文件最多 {most:.0f} MB",
        "put data into data files": "请把数据放进数据文件",
        # kinds of values
        "text": "文本",
        "a name or a mapping": "名称或映射",
        "a whole number": "整数",
        "a number": "数字",
        "true or false": "true 或 false",
        "a list": "列表",
        "a mapping": "映射",
        "a finite number": "有限的数字",
        "nothing": "空",
        "the number {number}": "数字 {number}",
        "the text {text}": "文本 {text}",
        "{text}, which YAML reads as {read_as}": "{text}（YAML 把它读成 {read_as}）",
        "'{key}': ": "“{key}”：",
        "{name}expected {expected}, came {came}": "{name}这里要写{expected}，却是{came}",
        '{name}expected {expected}, came {came}; write it in quotes: "{raw}"': "{name}这里要写{expected}，却是{came}"
        '；请加引号："{raw}"',
        "{name}expected os.environ/NAME": "{name}这里要写 os.environ/NAME",
        "{name}expected a name on one line, came {came}": "{name}这里要写一行之内的名称，却是 {came}",
        "{name}{fault}": "{name}{fault}",
        "{name}{fault}, came {came}": "{name}{fault}，却是 {came}",
        "the key '{key}' is missing": "缺少键“{key}”",
        "the key 'weight' is missing": "缺少键“weight”",
        # how it is mended, and what YAML is
        "`bakeoff list` shows the embedded engines": "`bakeoff list` 会列出内置引擎",
        "such as {example}": "例如 {example}",
        "take it out, or name a model that does": "删掉它，或换成能做的模型",
        "its first stage takes what a task shows, its last one gives what a task asks for": "第一环节要接受任务给出"
        "的内容，最后一个环节要给出任务要的内容",
        "give each an id of its own, or leave all ids out": "给每条一个不同的 id，或全部不写 id",
        "fill it in, or take the sample out": "补上它，或去掉这条样本",
        "a sample a line, below the names of the columns": "列名下面，每行一条样本",
        "give at least one a weight above 0": "至少给其中一个大于 0 的权重",
        "min: what is at least needed; max: what is at most accepted": "min：至少要达到多少；max：最多接受多少",
        "give '{name}' a weight, such as 30: shares of the sum count": "给“{name}”一个权重，例如 30：按占总和的比"
        "例计算",
        "add it to a suite, or take a metric of a scorer that is there": "把它加进测试集，或改用已有评分器的指标",
        "worst: the metric that is worth 0; ideal: that worth 1": "worst：得 0 分的指标值；ideal：得 1 分的指标值",
        "a number above 0, or scale: linear": "写大于 0 的数字，或 scale: linear",
        "name what judges the outputs, such as scorer: exact_match; `bakeoff list` shows them": "写明由谁评判输出，"
        "例如 scorer: exact_match；`bakeoff list` 会列出它们",
        "a tab stands where the line is indented": "这一行用制表符缩进",
        "a space is missing after the dash": "短横线后面缺少空格",
        "write `- value`, with a space after the dash": "请写成 `- value`，短横线后面留一个空格",
        "a quote opens here and is not closed": "这里的引号没有闭合",
        "close it with {quote}": "请用 {quote} 闭合",
        "the {bracket} that opens here is not closed, or a comma is missing": "这里的 {bracket} 没有闭合，或少了一"
        "个逗号",
        "in double quotes write \\\\ for a backslash, or use single quotes": "双引号里的反斜杠要写成 \\\\，或改用单"
        "引号",
        "in double quotes a backslash begins an escape, and this is none": "双引号里的反斜杠表示转义，而这里不是有"
        "效的转义",
        "a text that begins with * is read as an alias": "以 * 开头的文本会被读成别名",
        "a text cannot begin with {character}": "文本不能以 {character} 开头",
        "a second document begins here": "从这里开始是第二个文档",
        "keep one document in the file: take out ---": "一个文件只写一个文档：删掉 ---",
        "this line begins in another column than those before it": "这一行与前面各行没有对齐",
        "a list begins behind its key": "列表写在了键的同一行",
        "begin it on the next line, or write [a, b]": "请从下一行开始写，或写成 [a, b]",
        "without quotes, `{{{{` begins a mapping": "没有引号时，`{{{{` 会被读成映射的开头",
        "put the whole text in quotes, and write a quote inside it twice or as the other kind": "整段文本要放进引号"
        "，里面的引号写两遍或换另一种",
        "more text follows where the quotes or brackets of this value have closed": "引号或括号已经闭合，后面却还有"
        "文本",
        "{bracket} closes nothing": "多了一个 {bracket}",
        "take it out": "删掉它",
        "a value is missing here, or a bracket is not closed": "这里少了一个值，或括号没有闭合",
        "close each [ and {{, and write a value behind each colon and comma": "闭合每个 [ 和 {{，冒号和逗号后面都要写"
        "值",
        "this line begins in another column than those that it belongs to": "这一行与它所属的各行没有对齐",
        "a colon with a space after it stands in the text": "文本里有冒号，后面又跟着空格",
        "the line has no colon that ends its key": "这一行的键后面没有冒号",
        "this line is indented deeper than those that it belongs to": "这一行比它所属的各行缩进得更深",
        "put the whole text in quotes": "整段文本要放进引号",
        "write `key: value`, with a space after the colon": "请写成 `key: value`，冒号后面留一个空格",
        "lines that belong together begin in the same column: indent them alike, with spaces": "同一组的各行要从同"
        "一列开始：请用空格对齐",
        "for example {{model_name: voice, stt: whisper-tiny, llm: smollm2, tts: hibari}}": "例如 {{model_name: voic"
        "e, stt: whisper-tiny, llm: smollm2, tts: hibari}}",
        "`bakeoff list` shows who there is": "`bakeoff list` 会列出有哪些",
        "name a candidate that does {modality}": "请写一个能做 {modality} 的候选",
        "rename one, or take one out": "给其中一个改名，或删掉一个",
        "for example max_tokens=256": "例如 max_tokens=256",
        "give at least one a share above 0": "至少给其中一个大于 0 的份额",
        "the mix names '{name}', which is no suite of these": "mix 里写的“{name}”不是这里的测试集",
        "the mix names {names}, as no suite here is called: with it no product is priced": (
            "mix 里写的 {names} 不是这里的测试集，因此算不出产品的费用"
        ),
        "users: how many there are": "users：有多少用户",
        "add it, for example {example}": "请补上，例如 {example}",
        "os.environ/ and the name of the variable that holds it": "os.environ/ 加上存放密钥的变量名",
        "{name}{came} is no choice": "{name}{came} 不是可选值",
        "letters, digits and signs on one line": "一行之内的字母、数字和符号",
        "{name}expected a date, came {came}": "{name}这里要写日期，却是 {came}",
        "{name}{came} is too small": "{name}{came} 太小",
        "{name}{came} is too large": "{name}{came} 太大",
        "a number above {limit}": "大于 {limit} 的数字",
        "{limit} or more": "至少 {limit}",
        "a number below {limit}": "小于 {limit} 的数字",
        "{limit} or less": "至多 {limit}",
        "fill it in, or take the key out": "请补上内容，或删掉这个键",
        "at most {limit}": "最多 {limit}",
        "digits alone, without quotes or a unit, such as 5 or 0.95": "只写数字，不要引号和单位，例如 5 或 0.95",
        "digits alone, without quotes, such as 5": "只写数字，不要引号，例如 5",
        "[a, b], or a line `- a` for each": "写成 [a, b]，或每项一行 `- a`",
        "lines `key: value` below it, or {{key: value}}": "在下面逐行写 `key: value`，或写成 {{key: value}}",
        "for example weights: {{points: {{{example}}}}}": "例如 weights: {{points: {{{example}}}}}",
        "name every criterion": "每个维度都要写到",
        "{name} is undefined": "没有定义 {name}",
        "the template is not valid: {error}": "模板无效：{error}",
        # providers.yaml
        "the model {model} is not known": "没有听说过模型 {model}",
        "if it exists, say what it does: model_info: {{mode: chat}}": "如果确实有，请写明它做什么：model_info: {{"
        "mode: chat}}",
        "the mode {mode} is not known": "未知的 mode：{mode}",
        "the model {model} names no provider": "模型 {model} 没有写明服务商",
        "LiteLLM knows no provider {provider}": "LiteLLM 没有叫 {provider} 的服务商",
        "where the server speaks OpenAI's API: openai/{model}": "如果服务器使用 OpenAI 的接口：openai/{model}",
        "did you mean '{close}'? What LiteLLM does not know goes into extra_body": "是不是“{close}”？LiteLLM 不认识"
        "的参数请放进 extra_body",
        "a key is written out in the address that {variable} holds": "{variable} 里的地址直接写出了密钥",
        "keep user and password out of the address; a key is named by api_key: os.environ/NAME": "地址里不要写用户名"
        "和密码；密钥用 api_key: os.environ/NAME 指明",
        "a key is written out in '{name}'": "“{name}”里直接写出了密钥",
        "put it into the environment or .env and write os.environ/NAME; if it was shared, revoke it": "请把它放进环"
        "境变量或 .env，这里写 os.environ/NAME；如果已经给别人看过，请作废它",
        "expected os.environ/NAME": "这里要写 os.environ/NAME",
        "'{key}': expected a number above 0, came {value}": "“{key}”：这里要写大于 0 的数字，却是 {value}",
        "'{key}': expected dollars as a number, came {value}": "“{key}”：这里要用数字写美元，却是 {value}",
        "{model} is no embedded engine": "{model} 不是内置引擎",
        "the model entry '{name}' is identical to that in line {first}": "模型条目“{name}”与第 {first} 行的完全相同",
        "the name '{name}' is also that of a load-balanced entry": "“{name}”同时也是一个负载均衡条目的名称",
        "'{name}' stands {count} times and each is a candidate of its own: {names}": "“{name}”出现了 {count} 次，每"
        "一个都算作单独的候选：{names}",
        "'{name}' (line {line})": "“{name}”（第 {line} 行）",
        "{name}: {passed_over} concern LiteLLM's proxy and are passed over": "{name}：{passed_over} 只与 LiteLLM 的"
        "代理有关，已跳过",
        "wildcard entries stand for the models that `candidates` names: {found}": "通配条目代表 `candidates` 里写出"
        "的模型：{found}",
        "wildcard entries that give no candidate are passed over, since their name or their model has no *, or "
        "they repeat another: {passed_over}": "有些通配条目得不出候选，已跳过，因为名称或模型里没有 *，或与别的重复"
        "：{passed_over}",
        # cascades
        "the cascade '{cascade}' needs stages, or stt + llm + tts, or ocr + llm": "级联方案“{cascade}”要写 stages，"
        "或 stt + llm + tts，或 ocr + llm",
        "the cascade '{cascade}' has no tts that could speak by sentence": "级联方案“{cascade}”没有可以逐句朗读的 tts",
        "of a cascade with stages, the stage says by_sentence": "级联方案写了 stages 时，by_sentence 写在环节里",
        "the cascade '{cascade}' has the name of a model entry": "级联方案“{cascade}”与一个模型条目同名",
        "two cascades are called '{cascade}'": "有两个级联方案都叫“{cascade}”",
        "the cascade '{cascade}' uses '{name}', which is no candidate": "级联方案“{cascade}”用到的“{name}”不是候选",
        "two stages of the cascade '{cascade}' are called '{name}'": "级联方案“{cascade}”有两个环节都叫“{name}”",
        "the stage '{name}': '{candidate}' stands for {n} entries": "环节“{name}”：“{candidate}”代表 {n} 个条目",
        "the stage '{name}': '{candidate}' does {does}; stages do {able}": "环节“{name}”：“{candidate}”能做的是 "
        "{does}；环节可以做的是 {able}",
        "the stage '{name}' cannot speak by sentence": "环节“{name}”不能逐句朗读",
        "it is the last stage, a voice, and its input is {{{{ stages.<name>.text }}}} of the text before it": "能逐"
        "句朗读的是最后一个环节，是语音，而且输入就是前一环节的文本 {{{{ stages.<name>.text }}}}",
        "the stage '{name}' has a top, and nothing has ranked its documents": "环节“{name}”写了 top，但之前没有环节"
        "给文档排序",
        "take it out, or rank them before": "删掉它，或先加一个排序的环节",
        "the cascade '{cascade}' fuses '{name}', which is no stage that ranks": "级联方案“{cascade}”要融合“{name}”，"
        "但它不是排序的环节",
        "no task can be asked of the cascade '{name}'": "级联方案“{name}”做不了任何任务",
        "the stage '{stage}' reads '{name}', which is no earlier stage that ranks": "环节“{stage}”要读取“{name}”，但"
        "它不是之前排序的环节",
        # candidates
        "there is no {file} in the folder, so the candidates are those that Bakeoff ships": "文件夹里没有 {file}，所"
        "以候选是 Bakeoff 自带的",
        "there is no {file} in the folder (is '{near}' meant to be it?), so the candidates are those that Bakeoff "
        "ships": "文件夹里没有 {file}（“{near}”是不是就是它？），所以候选是 Bakeoff 自带的",
        "there is no candidate '{name}'": "没有候选“{name}”",
        "the candidate '{name}' is listed twice": "候选“{name}”列了两次",
        "names like {wild} stand for models too": "{wild} 这样的名称也代表模型",
        "'{name}' is '{other}' under another name: same model, parameters and address": "“{name}”就是“{other}”，只是"
        "换了名称：模型、参数和地址都相同",
        "left out here: {absent}": "在这台机器上略去：{absent}",
        "{name} ({why})": "{name}（{why}）",
        "litellm_params {keys} steer LiteLLM's router, which is not used, and are ignored": "litellm_params 的 "
        "{keys} 控制的是 LiteLLM 的路由，这里用不到，已忽略",
        "{names}: priced in CNY, and bakeoff.yaml has no exchange: what it costs is not known": "{names}：以人民币计"
        "价，而 bakeoff.yaml 没有写 exchange，所以成本未知",
        "litellm_params {keys} are no parameters that LiteLLM knows; they are sent as written": "LiteLLM 不认识 "
        "litellm_params 的 {keys}；会原样发送",
        "litellm_params {keys} is no parameter that LiteLLM knows; it is sent as written": "LiteLLM 不认识 "
        "litellm_params 的 {keys}；会原样发送",
        "--candidates: {message}": "--candidates：{message}",
        "{names} is not set": "未设置 {names}",
        "{names} are not set": "未设置 {names}",
        "{n} candidates": "{n} 个候选",
        "{names} are left out: {unset}": "略去 {names}：{unset}",
        "{names} is left out: {unset}": "略去 {names}：{unset}",
        "{names} count as if their keys were there, but {unset}": "{names} 按密钥齐全计算，但{unset}",
        "{names} counts as if its key were there, but {unset}": "{names} 按密钥齐全计算，但{unset}",
        "bakeoff.group is checked, but this version does not use it": "bakeoff.group 会检查，但这个版本还用不到它",
        "{slot}: no scorer feeds the default criterion '{names}', so it is left out": "{slot}：没有评分器能提供默认"
        "维度“{names}”，已略去",
        "{variable} is not set; {names} need it": "未设置 {variable}；{names} 需要它",
        "{variable} is not set; {names} needs it": "未设置 {variable}；{names} 需要它",
        "export it, or put it into .env beside bakeoff.yaml": "用 export 设置，或写进 bakeoff.yaml 旁边的 .env",
        # instruments
        "there is no instrument '{name}'": "没有测量工具“{name}”",
        "a scorer needs the instrument '{name}'": "有评分器需要测量工具“{name}”",
        "the {instrument} '{name}' is no candidate": "用作 {instrument} 的“{name}”不是候选",
        "the {instrument} '{name}' is a cascade, and one model measures": "用作 {instrument} 的“{name}”是级联方案，"
        "而测量只用一个模型",
        "name one of its models": "请写它的其中一个模型",
        "the {instrument} '{name}' stands for {n} entries": "用作 {instrument} 的“{name}”代表 {n} 个条目",
        "'{serving}' cannot be the {name}: it does {does}, not {modality}": "“{serving}”不能用作 {name}：它能做的是 "
        "{does}，不是 {modality}",
        # bakeoff.yaml
        "`bakeoff init` writes one": "`bakeoff init` 会写一份",
        "name models under candidates, for which {wild} stands": "请在 candidates 里写出模型，{wild} 会代表它们",
        "no candidate has the provider '{name}'": "没有候选使用服务商“{name}”",
        "'{name}' does {does}, and the suites ask for {wanted}": "“{name}”能做的是 {does}，而测试集要的是 {wanted}",
        "remove it, or add a suite for it": "删掉它，或为它加一个测试集",
        "must_pass: {message}": "must_pass：{message}",
        "must_pass: '{written}' does not compete": "must_pass：“{written}”没有参加比较",
        "must_pass: '{name}' does not compete for the slot '{slot}'": "must_pass：“{name}”没有参加用途“{slot}”的比较",
        "{task} is left out: no chosen candidate does {modality}": "略去 {task}：选中的候选都不做 {modality}",
        "no candidate does {modality}, which the suite '{name}' asks for": "测试集“{name}”要的是 {modality}，没有候"
        "选能做",
        "--only: the bake-off has no suite '{name}'": "--only：没有测试集“{name}”",
        "there is no suite '{name}'": "没有测试集“{name}”",
        "two suites are called '{name}'": "有两个测试集都叫“{name}”",
        "the suite '{suite}' has no task '{name}'": "测试集“{suite}”没有任务“{name}”",
        "{name} is left out: {message}": "略去 {name}：{message}",
        "bakeoff prices update writes it anew": "bakeoff prices update 会重新写一份",
        # traffic
        "how many requests come in a month is missing": "没有写明每月有多少次请求",
        "requests_per_month, or users with requests_per_user": "写 requests_per_month，或 users 和 requests_per_user",
        "'requests_per_user' and 'requests_per_month' both say how many requests come": "“requests_per_user”和“"
        "requests_per_month”都在说有多少次请求",
        "the key 'users' is missing: a seat has a user": "缺少键“users”：一个席位就有一位用户",
        "what a replica serves is said by requests_per_s or by a candidate of the run, and by one of them": "一个副"
        "本能服务多少，由 requests_per_s 或运行中的一个候选说明，只能用其中一种",
        "all shares of the mix are zero": "mix 的各项份额全是零",
        "--requests N says how many come in a month, --traffic FILE names a file": (
            "用 --requests N 说明每月请求数，或用 --traffic FILE 指定文件"
        ),
        "{name}: row {row} names the columns; above it stands a title, {title}": "{name}：第 {row} 行是列名，"
        "它上面是标题 {title}",
        # decision
        "no suite fills the slot '{slot}'": "没有测试集对应用途“{slot}”",
        "the metric '{metric}' is not known": "未知的指标“{metric}”",
        "no task of this slot has the scorer '{maker}', which '{metric}' is made of": "“{metric}”由评分器“{maker}”得"
        "出，而这个用途没有任务使用它",
        "the weight of '{name}' stands here and in 'weights'": "“{name}”的权重在这里和“weights”里都写了",
        "worst and ideal of the criterion '{name}' are equal, so no value lies between them": "维度“{name}”的 worst "
        "和 ideal 相等，中间没有任何值",
        "all weights of the slot '{slot}' are zero, so nothing would decide": "用途“{slot}”的权重全是零，无从决定",
        "the gate on '{metric}' needs exactly one of min and max": "“{metric}”的门槛要写 min 或 max，只写一个",
        "the criterion '{name}' has points, which only the piecewise scale takes": "维度“{name}”写了 points，只有 "
        "piecewise 刻度才用它",
        "worst: {ideal:g}, ideal: {worst:g}, the other way round": "反过来写：worst: {ideal:g}, ideal: {worst:g}",
        "'{metric}' is the better the higher it is, and worst lies above ideal": "“{metric}”越高越好，"
        "而 worst 比 ideal 高",
        "'{metric}' is the better the lower it is, and worst lies below ideal": "“{metric}”越低越好，"
        "而 worst 比 ideal 低",
        "'{anchor}' of the criterion '{name}' is {value:g}: a log scale needs anchors above 0": "维度“{name}”的“"
        "{anchor}”是 {value:g}：对数刻度的两端必须大于 0",
        "'{metric}' lies in [0, 1], so {key}: {value:g} is never reached": "“{metric}”在 [0, 1] 之间，永远到不了 "
        "{key}: {value:g}",
        "the piecewise criterion '{name}' {fault}": "piecewise 维度“{name}”{fault}",
        "takes points in place of worst and ideal": "用 points，不用 worst 和 ideal",
        "needs at least two points": "至少要两个点",
        "needs points whose metric rises": "的各点，指标必须逐点变大",
        "needs points whose values lie in [0, 1] and differ": "的各点，值必须在 [0, 1] 之间，而且不能全都相同",
        "the criterion '{name}' needs worst and ideal": "维度“{name}”要写 worst 和 ideal",
        "weights are given by exactly one of points, swing, order and ahp": "权重用 points、swing、order、ahp 之一给"
        "出，只用一种",
        "there is no criterion '{name}'": "没有维度“{name}”",
        "`{name}: 0` says that it does not count": "`{name}: 0` 表示它不算",
        "'{method}' says nothing of {names}": "“{method}”没有提到 {names}",
        "all weights are zero, so nothing would decide": "权重全是零，无从决定",
        "'{name}' stands twice in the order": "“{name}”在顺序里出现了两次",
        "'{name}' is held against itself": "“{name}”在和自己比较",
        "'{name}' and '{other}' are held against each other twice": "“{name}”和“{other}”互相比较了两次",
        "keep one: the other way round follows": "只留一个：反过来的那个可以推出",
        "'ahp' does not say how '{a}' compares with '{b}'": "“ahp”没有写“{a}”与“{b}”相比如何",
        "{this}, nor {n} more pairs": "{this}，另外还缺 {n} 对",
        "`{a}: {{{b}: 3}}`: three times as important": "`{a}: {{{b}: 3}}` 表示重要三倍",
        # scorers
        "suite '{name}' has no scorer, so every output would count as passing": "测试集“{name}”没有评分器，任何输出"
        "都会算作通过",
        "it has no scorer, so every output would count as passing": "没有评分器，任何输出都会算作通过",
        "there is no scorer {name!r}": "没有评分器“{name}”",
        "{value}, offered as scorer {name!r}, is no subclass of harness.Scorer": "{value} 声称是评分器“{name}”，但它"
        "不是 harness.Scorer 的子类",
        "'{name}' has no parameters": "“{name}”没有参数",
        "the scorer '{name}' has no parameter {key}": "评分器“{name}”没有参数 {key}",
        "the scorer '{name}' needs the parameter '{key}'": "评分器“{name}”需要参数“{key}”",
        "the parameter '{key}' of '{name}': {fault}, came {came}": "“{name}”的参数“{key}”：{fault}，却是 {came}",
        "the scorer '{name}': {error}": "评分器“{name}”：{error}",
        # suites
        "the modality {modality} is not known": "未知的模态 {modality}",
        "{field} is a text, not {value}": "{field} 应为文字，不是 {value}",
        "max_tokens is a whole number above 0, not {max_tokens}": "max_tokens 是大于 0 的整数，不是 {max_tokens}",
        "metadata.params of sample {id} is no object of request parameters": "样本 {id} 的 metadata.params 不是请求"
        "参数的对象",
        "{wrong} is no scorer": "{wrong} 不是评分器",
        "write {name}()": "请写 {name}()",
        "it has two scorers called '{name}'": "有两个评分器都叫“{name}”",
        "primary {primary} is none of its scorers": "primary {primary} 不是它的评分器",
        "the dataset {written} is outside the suite's folder": "数据集 {written} 不在测试集的文件夹里",
        "copy it into {folder}": "请复制到 {folder}",
        "it has no samples": "没有样本",
        "{wrong} is no Sample": "{wrong} 不是 Sample",
        "sample {id}: {fault}": "样本 {id}：{fault}",
        "it has no {kind}, and the task asks about one": "没有{kind}，而任务问的就是它",
        "it has {n} recordings, and one is heard at a time": "有 {n} 段录音，而一次只听一段",
        "its files have {size:,} bytes together, more than {most:,}": "它的文件共 {size:,} 字节，超过 {most:,}",
        "{n} more pictures cannot be taken": "还有 {n} 张图片用不了",
        "{n} more recordings cannot be taken": "还有 {n} 段录音用不了",
        "picture": "图片",
        "recording": "录音",
        "{name}: {error}": "{name}：{error}",
        "suite '{name}' has no task": "测试集“{name}”没有任务",
        "suite '{name}': {task} is no Task": "测试集“{name}”：{task} 不是 Task",
        "suite '{suite}', task '{name}': {message}": "测试集“{suite}”的任务“{name}”：{message}",
        "suite '{suite}' has two tasks called '{name}'": "测试集“{suite}”有两个任务都叫“{name}”",
        "rename {near} to SUITE": "把 {near} 改名为 SUITE",
        "end it with SUITE = Suite(name=..., version=1, tasks=[...])": "末尾写上 SUITE = Suite(name=..., version=1, "
        "tasks=[...])",
        "{name} holds no SUITE": "{name} 里没有 SUITE",
        "SUITE is a {kind}, not a Suite": "SUITE 是 {kind}，不是 Suite",
        "a Suite has a name and a whole-numbered version": "Suite 要有名称，version 是整数",
        "a suite is a .py file, not {name}": "测试集是 .py 文件，不是 {name}",
        "the suite cannot be read: {error}": "测试集读不了：{error}",
        "malformed Python: {msg}": "Python 格式有误：{msg}",
        "the suite does not load: {kind}: {error}": "测试集加载失败：{kind}：{error}",
        "the pool of sample {id} is no list of ids": "样本 {id} 的 pool 不是编号的列表",
        "the pool of sample {id} names no document {name}": "样本 {id} 的 pool 里的 {name} 不是任何文档",
        "the sample id {id} stands {count} times": "样本编号 {id} 出现了 {count} 次",
        # data
        "dataset not found: {written}": "没有找到数据集：{written}",
        "dataset not found: {path}": "没有找到数据集：{path}",
        "paths are relative to {folder}": "路径相对于 {folder}",
        "the dataset is empty": "数据集是空的",
        "the dataset is no regular file": "数据集不是普通文件",
        "the dataset has {rest} more problems": "数据集还有 {rest} 个问题",
        "the dataset has {size:.0f} MB; at most {most:.0f} MB are read": "数据集有 {size:.0f} MB；最多读取 "
        "{most:.0f} MB",
        "a dataset is a file ending in {suffixes}, not {came}": "数据集文件以 {suffixes} 结尾，不是 {came}",
        "more than {most:,} samples": "超过 {most:,} 个样本",
        "the sample id {id} stands in line {first} and in line {line}": "样本编号 {id} 在第 {first} 行和第 {line} 行"
        "都有",
        "the line has {n:,} characters, more than {most:,}": "这一行有 {n:,} 个字符，超过 {most:,}",
        "expected a JSON object": "这里要写 JSON 对象",
        'one object a line: {{"id": "...", "input": "...", "target": "..."}}': '每行一个对象：{{"id": "...", "input"'
        ': "...", "target": "..."}}',
        "not JSON: {error}": "不是 JSON：{error}",
        "not JSON: half of a surrogate pair, which no text can hold": "不是 JSON：只有半个代理对，文本里不能有",
        "slices go into metadata": "切片请放进 metadata",
        "'id' is a text of 1 to 200 characters, not {came}": "“id”是 1 到 200 个字符的文本，不是 {came}",
        "the sample has no input": "样本没有 input",
        "'files' is a list of paths": "“files”是路径的列表",
        "'metadata' is an object, not {came}": "“metadata”是对象，不是 {came}",
        "media lie in the suite's folder; nothing is fetched, and no absolute path, .. or link leads out of it": "媒"
        "体放在测试集的文件夹里；不会下载任何东西，也不能用绝对路径、.. 或链接指到外面",
        "media path outside the suite: {name}": "媒体路径在测试集之外：{name}",
        "media file not found: {name}": "没有找到媒体文件：{name}",
        "JSONL is UTF-8 text": "JSONL 是 UTF-8 文本",
        "no target, which {judge} judges against: sample {ids}": "没有 target，而 {judge} 要对照它评判：样本 {ids}",
        "no target, which {judge} judges against: samples {ids}": "没有 target，而 {judge} 要对照它评判：样本 {ids}",
        "no target, which {judge} judges against: samples {ids} and {n} more": "没有 target，而 {judge} 要对照它评判"
        "：样本 {ids}，另外还有 {n} 个",
        "fill in the target, or take the samples out": "补上 target，或去掉这些样本",
        # tables
        "the file is neither UTF-8 nor UTF-16 nor GB18030 text": "文件不是 UTF-8、UTF-16 或 GB18030 文本",
        "save it as UTF-8 (in Excel: 'CSV UTF-8')": "请存为 UTF-8（在 Excel 中选“CSV UTF-8”）",
        "the workbook unpacks to {size:.0f} MB in {n} parts, more than is read": "工作簿解开后有 {size:.0f} MB、{n} "
        "个部分，超出可以读取的大小",
        "save it as CSV": "请存为 CSV",
        "not a readable XLSX workbook ({kind}: {error})": "不是可以读取的 XLSX 工作簿（{kind}：{error}）",
        "is it protected by a password, or an old .xls? save it as .xlsx or CSV": "是否有密码保护，或是旧的 .xls？请"
        "存为 .xlsx 或 CSV",
        "malformed table: {error}": "表格格式有误：{error}",
        "the row has {n} cells, the header {width}": "这一行有 {n} 个单元格，表头有 {width} 个",
        "put a cell that holds the delimiter in double quotes": "单元格里有分隔符时，请用双引号括起来",
        "{name}: the column '{column}' is taken for the {field}": "{name}：把“{column}”列当作 {field}",
        "the columns '{one}' and '{other}' both mean '{field}'": "“{one}”和“{other}”两列都表示“{field}”",
        "the columns '{one}' and '{other}' could both be the {field}": "“{one}”和“{other}”两列都可能是 {field}",
        "call the right one '{field}'": "把正确的那一列命名为“{field}”",
        "no column for the input; the columns are {names}": "没有 input 列；现有的列：{names}",
        "no column for the target, which {judge} judges against; the columns are {names}": "没有 target 列，而 "
        "{judge} 要对照它评判；现有的列：{names}",
        "the first row names the columns; the {field}'s is one of {names}": "第一行是列名；{field} 列叫做 {names} 之一",
        "two columns are called {name}": "有两列都叫 {name}",
        "cell {cell} holds the error {error}": "单元格 {cell} 里是错误值 {error}",
        "cell {cell}: {message}": "单元格 {cell}：{message}",
        "{text} {error}": "{text} {error}",
        "may be {one} or {other}": "可能是 {one}，也可能是 {other}",
        "is no number": "不是数字",
        "is too large": "太大",
        # a table of options
        "there is no table {name}": "没有表格 {name}",
        "there is no {path}, which says what is good and what matters how much": "没有 {path}：要由它说明什么算好、"
        "各有多重要",
        "{n} options by {columns} columns; at most {most} by {most_columns} are decided": "{n} 个选项、{columns} 列"
        "；最多能决定 {most} 个选项、{most_columns} 列",
        "the table holds no option": "表格里没有选项",
        "the first row names the columns, and each further row is an option": "第一行是列名，之后每行是一个选项",
        "the table has {size:.1f} MB; at most {most:.0f} MB are read": "表格有 {size:.1f} MB；最多读取 {most:.0f} MB",
        "no column stands beside the options' names": "选项名称旁边没有别的列",
        "each further column is something that may count": "之后每一列是可以计入的一项",
        "{name} is the {end} end of intervals without another": "{name} 是区间的 {end} 端，却没有另一端",
        "add '{base} {other}'": "请加上“{base} {other}”",
        "must_pass: there is no option '{name}'": "must_pass：没有选项“{name}”",
        "the option {name} stands in line {line} too": "选项 {name} 在第 {line} 行也有",
        "the option has no name": "选项没有名称",
        "{column} of {option} {fault}": "{option} 的 {column} {fault}",
        "has one end of an interval and not the other": "只有区间的一端",
        "has an interval whose low end {low:g} is above its high end {high:g}": "的区间，下限 {low:g} 高于上限 "
        "{high:g}",
        "is {value:g}, outside of its interval from {low:g} to {high:g}": "是 {value:g}，在 {low:g} 到 {high:g} 的区"
        "间之外",
        "{said}; {more}": "{said}；{more}",
        "is {value:g}, and {why}": "是 {value:g}；{why}",
        "it is what options cost, which is nothing below 0": "它是选项的成本，不能小于 0",
        "RICE multiplies by it, which takes nothing below 0": "RICE 要乘以它，不接受小于 0 的值",
        "RICE divides by it, which takes nothing but numbers above 0": "RICE 要除以它，只接受大于 0 的值",
        "its criterion has a log scale, which takes nothing below 0": "它的维度用对数刻度，不接受小于 0 的值",
        "write 1234.5, with nothing between the thousands; leave a cell empty where nothing is known": "请写成 "
        "1234.5，不要加千位分隔符；不知道的就留空",
        "write it, or name another with --rule; your numbers go in the place of the question marks:\n{example}": "请"
        "写一份，或用 --rule 指定另一份；把问号换成你的数字：\n{example}",
        # a table of questions
        "a suite of pictures or sound is written into bakeoff.yaml: docs/write-a-suite.md": "图片或声音的测试集写在 "
        "bakeoff.yaml 里：docs/write-a-suite.md",
        "the column '{name}' names files, and a table of texts is wanted here": "“{name}”列写的是文件，而这里要的是"
        "文本的表格",
        "{name} is no {suffixes} file": "{name} 不是 {suffixes} 文件",
        "--input and --target both name the column '{name}'": "--input 和 --target 指的都是“{name}”列",
        "--{field}: there is no column '{name}'": "--{field}：没有叫“{name}”的列",
        "say which column is which, for example: {flags}": "请写明哪一列是什么，例如：{flags}",
        "no row has a question": "没有一行有问题",
        "save it as .xlsx or CSV": "请存为 .xlsx 或 CSV",
    }
)

FOREIGN: Mapping[str, str] = MappingProxyType(
    {
        # comments on entries of the shipped providers.yaml
        "a base model: eight worked examples go before each question, and are paid for in every latency and cost": ""
        "基础模型：每个问题之前都有八个做好的例子，延迟和成本也因此更高",
        "LiteLLM asks for pictures at the international address, and for all else in mainland China": ""
        "LiteLLM 请求图片时用国际站的地址，其他都用中国大陆的地址",
        # PyYAML
        "not YAML": "不是 YAML",
        "mapping values are not allowed here": "这里不能再写“键: 值”",
        "could not find expected ':'": "缺少“:”",
        "found character '\\t' that cannot start any token": "行首用了制表符",
        "expected <block end>, but found '-'": "缩进不对，或少了“-”",
        "expected <block end>, but found '<block mapping start>'": "缩进不对：这一行比上面的多或少",
        "expected <block end>, but found '<scalar>'": "这里多出了文本；是否少了引号？",
        "expected ',' or ']', but got '<stream end>'": "缺少“]”",
        "expected ',' or '}}', but got '<stream end>'": "缺少“}}”",
        "expected ',' or ']', but got ':'": "缺少“]”，或少了“,”",
        "expected ',' or '}}', but got ':'": "缺少“}}”，或少了“,”",
        "expected ',' or '}}', but got '<scalar>'": "缺少“,”或“}}”",
        "expected ',' or ']', but got '<scalar>'": "缺少“,”或“]”",
        "found unexpected end of stream": "文件在引号里结束",
        "found unexpected ':'": "这里多出了“:”",
        "while scanning a simple key": "正在读一个键",
        "while parsing a block mapping": "正在读一组键",
        "while parsing a block collection": "正在读一个列表",
        "while parsing a flow mapping": "正在读一对花括号",
        "while parsing a flow sequence": "正在读一对方括号",
        "while scanning a quoted scalar": "正在读一段带引号的文本",
        "while scanning for the next token": "正在读下一个词",
        # JSON
        "expecting value": "这里缺少值",
        "expecting ',' delimiter": "缺少“,”",
        "expecting ':' delimiter": "缺少“:”",
        "expecting property name enclosed in double quotes": "键要用双引号括起来",
        "unterminated string starting at": "文本没有结束的引号",
        "extra data": "后面多出了内容",
        "invalid control character at": "文本里有控制字符",
        # pydantic
        "list should have at least 1 item after validation, not 0": "列表至少要有 1 项",
        "dictionary should have at least 1 item after validation, not 0": "至少要写 1 个键",
        "string should have at least 1 character": "不能是空的",
        "string should have at most 100 characters": "最多 100 个字符",
        "input should be a valid string": "必须是文本",
        "input should be a valid number": "必须是数字",
        "input should be a valid integer": "必须是整数",
        "input should be a valid boolean": "必须是 true 或 false",
        "input should be a valid list": "必须是列表",
        "input should be a valid array": "必须是列表",
        "input should be a valid dictionary": "必须是映射",
        "input should be an object": "必须是映射",
    }
)
"""What other programs say of a file, as `core.wording.foreign` keeps it."""
