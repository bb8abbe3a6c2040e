"""What the verbs say of plans, runs, logs, engines and run folders, in Simplified Chinese, by the English sentence."""

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # the command line
        "no verb is given": "没有写要做什么",
        "bakeoff --help lists them": "bakeoff --help 列出所有命令",
        "bakeoff {verb} works on no folder, so it takes no -C": "bakeoff {verb} 不针对文件夹，因此没有 -C",
        "interrupted: what is stored is kept, all else was left undone": "已中断：存下的都保留，其余没有做",
        "interrupted: what is stored is kept": "已中断：存下的都保留",
        "{where}: {why}": "{where}：{why}",
        "what was to be written here": "要写在这里的内容",
        "{run} is the same run as the first, so nothing of it could differ": "{run} 与第一个是同一次运行，"
        "不会有任何不同",
        "name another run, or candidates of it to compare: --rename old=new": "请写另一次运行，或用 --rename old=new "
        "比较其中的两个候选",
        "--rename takes old=new pairs, not {pair!r}": "--rename 要写“旧名=新名”，不是“{pair}”",
        "--rule is for a table: the rule of a run was frozen before its first call": "--rule 用于表格：运行的规则在"
        "第一次调用之前就锁定了",
        "--keep is for other weights at the prices of the run: --weights, and no --prices": "--keep 用于按运行的价格"
        "改用其他权重：要有 --weights，不能有 --prices",
        "--allow-incomplete, --keep, --prices and --runs are for runs, and this is a table": "--allow"
        "-incomplete、--keep、--prices 和 --runs 用于运行，而这是表格",
        "a weight is a number from 0 up, not {number!r}": "权重是 0 或更大的数字，不是“{number}”",
        "--weights takes name=number pairs, not {part!r}": "--weights 要写“名称=数字”，不是“{part}”",
        "a run is exported as {formats}, not {format!r}": "运行可以导出为 {formats}，不能导出为“{format}”",
        "{format} is no text that could be printed": "{format} 不是文本，不能直接输出",
        "--model names a model of your own server": "--model 指的是你自己服务器上的模型",
        "--api-base takes a URL, not {api_base!r}": "--api-base 要写网址，不是“{api_base}”",
        "--for is one of {uses}, not {use!r}": "--for 是 {uses} 之一，不是“{use}”",
        "--from-spreadsheet makes a suite of questions in text": "--from-spreadsheet 得到的是文字问题的测试集",
        "--input and --target name columns of a spreadsheet": "--input 和 --target 指的是表格的列",
        "drop --for": "去掉 --for",
        "add --api-base http://HOST:PORT/v1": "加上 --api-base http://HOST:PORT/v1",
        "{taken} exist already in {folder}": "{folder} 里已经有 {taken}",
        "another folder, or --force to overwrite": "换一个文件夹，或用 --force 覆盖",
        "nothing here has {word!r} in it": "没有任何一项含有“{word}”",
        "bakeoff list shows everything": "bakeoff list 显示全部",
        "{where} is en or zh, not {written!r}": "{where} 是 en 或 zh，不是“{written}”",
        "the memo is written as md or docx, not {format!r}": "备忘录写成 md 或 docx，不是“{format}”",
        "--requests takes whole numbers above 0, not {text!r}": "--requests 要写大于 0 的整数，不是“{text}”",
        "--allow-unpriced and --max-calls go together: where dollars cannot be bounded, requests are": ""
        "--allow-unpriced 和 --max-calls 要一起用：金额无法限制时，就限制请求数",
        "--budget takes dollars above 0, not {text!r}": "--budget 要写大于 0 的美元数，不是“{text}”",
        "for example --allow-unpriced --max-calls 200": "例如 --allow-unpriced --max-calls 200",
        "a resumed run keeps its own suites, candidates and limit": "继续运行时，测试集、候选和数量限制保持原样",
        "for example --budget 2.50": "例如 --budget 2.50",
        "drop --only, --candidates, --limit": "去掉 --only、--candidates、--limit",
        # measuring this machine
        "no stream of a server on this machine could be timed: {outcome}": "连本机服务器的流也无法计时：{outcome}",
        "the machine may be far too busy: bakeoff doctor says what it sees": "机器可能太忙：bakeoff doctor 会说明情况",
        "the server of known latency has ended": "已知延迟的服务器已经结束",
        "the server of known latency did not start within {seconds:g} s": "已知延迟的服务器在 {seconds:g} 秒内没有启动",
        "what it said is in {log}": "它的输出在 {log}",
        "this LiteLLM cannot be measured: {what}": "无法测量这个版本的 LiteLLM：{what}",
        "install the versions that requirements/*.lock pin": "请安装 requirements/*.lock 锁定的版本",
        "{name}, a process that sends requests, {what}": "发送请求的进程 {name} {what}",
        "has ended": "已经结束",
        "what it said is in logs/{name}.log of the run's folder; what was served is kept": "它的输出在运行文件夹的 "
        "logs/{name}.log；已经收到的都保留",
        "was not ready after {seconds:g} s": "过了 {seconds:g} 秒仍未就绪",
        "has not answered for {seconds:g} s": "已经 {seconds:g} 秒没有应答",
        "the process that forwards and times the requests has ended; nothing more can be measured": "转发请求并计时"
        "的进程已经结束；无法再测量",
        "what it said is in logs/{name} of the run's folder; what was served is kept": "它的输出在运行文件夹的 logs/"
        "{name}；已经收到的都保留",
        "a request had no end after {seconds:g} s: the process that forwards and times the requests hangs, or the "
        "client library does": "过了 {seconds:g} 秒，有一个请求仍未结束：转发请求并计时的进程或客户端库卡住了",
        "what was served is kept": "已经收到的都保留",
        # keys
        "the environment variable {name} holds control characters (a line end, for example), which no key has": "环"
        "境变量 {name} 里有控制字符（例如换行），而密钥里不会有",
        "candidate {name!r} needs a key in the environment variable {variable}": "候选“{name}”需要环境变量 "
        "{variable} 里的密钥",
        "give it the key alone, on one line": "只写密钥本身，写在一行里",
        "export {name}=... or put it into .env beside bakeoff.yaml": "用 export {name}=... 设置，或写进 "
        "bakeoff.yaml 旁边的 .env",
        # media
        "it has more than {most:,} bytes": "超过 {most:,} 字节",
        "a data URL is written data:image/png;base64,...": "data 网址要写成 data:image/png;base64,...",
        "it cannot be read: {strerror}": "读不了：{strerror}",
        "the data URL is not base64: {error}": "data 网址不是 base64：{error}",
        "it is no regular file": "它不是普通文件",
        "the picture has {n:,} bytes, more than {most:,}": "图片有 {n:,} 字节，超过 {most:,}",
        "the file is no picture that is taken: its content is none of {formats}": "文件不是可用的图片：内容不属于 "
        "{formats}",
        "the picture has no pixels": "图片没有像素",
        "{width:,} × {height:,} pixels are more than {most:,}": "{width:,} × {height:,} 像素超过 {most:,}",
        "the picture ends before it says how large it is": "图片还没有写明大小就结束了",
        "the JPEG is damaged: a segment does not begin with a marker": "JPEG 已损坏：有一段没有以标记开头",
        "the WebP is damaged: it does not begin with a picture": "WebP 已损坏：开头不是图片",
        "the JPEG is damaged: it has no frame before its pixels": "JPEG 已损坏：像素之前没有帧",
        "the file is no recording that is taken: its content is none of {formats}": "文件不是可用的录音：内容不属于 "
        "{formats}",
        "the recording has no samples": "录音里没有声音",
        "the recording ends before it says how long it is": "录音还没有写明长度就结束了",
        "a WAV of the format {kind} is not taken: PCM and float are": "不支持格式为 {kind} 的 WAV：支持 PCM 和浮点",
        "the recording ends {size:,} bytes before the length in its header": "录音比文件头写的长度少 {size:,} 字节",
        "{rate:,} Hz are more than {most:,}": "{rate:,} Hz 超过 {most:,}",
        "{channels} channels are more than {most}": "{channels} 个声道超过 {most}",
        "{seconds:,.0f} s are more than {most:,.0f}": "{seconds:,.0f} 秒超过 {most:,.0f} 秒",
        # plan
        "no candidate can do any of the tasks": "没有候选能做其中任何一个任务",
        "add a candidate of a task's modality": "加一个能做任务模态的候选",
        "{task}: {said}": "{task}：{said}",
        "{who} sets the parameter {name!r}, which belongs to Bakeoff": "{who} 设置了参数“{name}”，而它由 Bakeoff 掌管",
        "remove it: it would change what is measured": "删掉它：它会改变测量的内容",
        "mend the task in its suite": "请在测试集里改正这个任务",
        "{task}: a {modality} task has no place for a {field}": "{task}：{modality} 任务用不到{field}",
        "system prompt": "系统提示词",
        "prompt: it sends a recording alone": "提示词：它只发送录音",
        "remove it: no candidate would be told": "删掉它：没有候选会看到",
        "sample {id!r}: {error}": "样本“{id}”：{error}",
        "the stage {name!r} of the cascade {cascade!r}: {error}": "级联方案“{cascade}”的环节“{name}”：{error}",
        "it sees input, documents and what came before: {before}": "它看得到 input、documents 和之前的结果：{before}",
        "the rendered text passes {most:,} characters": "生成的文本超过 {most:,} 个字符",
        "the template fails: {error}": "模板出错：{error}",
        "{fault}; a template sees {names}": "{fault}；模板看得到的是 {names}",
        "it takes text alone, and the task shows pictures": "它只接受文字，而任务要看图片",
        "it is not talked to in live sessions, and the task is a conversation": "它不能实时通话，而任务是一段对话",
        "LiteLLM can order no clip at {provider}": "LiteLLM 不能在 {provider} 生成视频",
        "it takes no {names}, which the task sends": "它不接受任务要发送的 {names}",
        "{who} knows {own} alone, and the task is in {other}": "{who}只会 {own}，而任务用的是 {other}",
        "it": "它",
        "it is {other} under another name: same model, parameters and address": "它就是 {other}，只是换了名称：模型"
        "、参数和地址都相同",
        "'{name}' is left out: {why}": "略去“{name}”：{why}",
        "{said} ({tasks})": "{said}（{tasks}）",
        "{names} is left out: {why} ({hint})": "略去 {names}：{why}（{hint}）",
        "nobody can be asked {unasked}: {why}": "没有候选可以做 {unasked}：{why}",
        "'{name}': {why}": "“{name}”：{why}",
        "add a candidate that can, or {without}": "加一个能做的候选，或{without}",
        "take the suite out": "去掉这个测试集",
        "ask only the rest: {{suite: {name}, tasks: [{tasks}]}}": "只问其余的：{{suite: {name}, tasks: [{tasks}]}}",
        "run {run_id} was imported from {imported}: Bakeoff asks no model for it and judges nothing": "运行 {run_id}"
        " 是从 {imported} 导入的：Bakeoff 不会为它询问模型，也不评判",
        "`bakeoff decide`, `report`, `memo`, `export` and `compare` work on it; `bakeoff run` measures anew": "可以"
        "对它用 `bakeoff decide`、`report`、`memo`、`export` 和 `compare`；`bakeoff run` 会重新测量",
        "the configuration asks something else than run {run_id} did: {changed}": "现在的配置要问的与运行 {run_id} "
        "不同：{changed}",
        "start a new run, or put back what was changed": "开始一个新的运行，或把改动的地方改回去",
        "{tasks}: programs that models write would be run on this machine, in a sandbox": "{tasks}：模型写的程序会在"
        "本机的沙箱里运行",
        "--allow-code-execution, or leave these suites out with --only": "加上 --allow-code-execution，或用 --only "
        "略去这些测试集",
        "{suite}: {name} has changed while the run was planned": "{suite}：{name} 在安排运行时发生了变化",
        "start again": "请重新开始",
        "the worst case, ${worst:.4f}, passes the budget of ${usd:f}: the run may stop before its end": "最坏情况 $"
        "{worst:.4f} 超过预算 ${usd:f}：运行可能提前停止",
        "{slot}: a bound on {metric} needs {needed} samples, there are {n}: the gate stays unproven": "{slot}："
        "{metric} 的界限需要 {needed} 个样本，现有 {n} 个：这道门槛无法证实",
        # budget
        "{name} buys 0 of {n} calls: the cheapest call may cost ${worst:f}": "{name} 一次调用也买不到（共 {n} 次）："
        "最便宜的一次也可能要 ${worst:f}",
        "raise it, or lower max_tokens: a call is sent only if the most that it can cost fits": "提高它，或降低 "
        "max_tokens：只有最高费用也付得起的调用才会发送",
        "the next call may cost ${amount:f}: with ${spent:f} spent and ${held:f} in flight that could pass {name}": "下"
        "一次调用可能要 ${amount:f}：已花费 ${spent:f}，进行中 ${held:f}，可能超过 {name}",
        "the next call has no price: after {n} requests that may be billed it would pass the ceiling of {most} "
        "requests without a price": "下一次调用没有价格：已有 {n} 个请求可能计费，再发就会超过无价格请求的上限 {most}",
        "resume with --allow-unpriced and a higher --max-calls, or give the candidate prices": "用 --allow-unpriced "
        "和更大的 --max-calls 继续，或为候选写明价格",
        "resume with a higher --budget": "用更高的 --budget 继续",
        "resume after midnight UTC, or raise run.budget_usd_per_day": "UTC 零点以后继续，或提高 run.budget_usd_per_day",
        "raise run.budgets_usd and resume": "提高 run.budgets_usd 后继续",
        "candidate {name!r} has no price, so the budget could not hold": "候选“{name}”没有价格，预算无法保证",
        "give it prices under model_info in providers.yaml, run without a budget, or bound its requests: "
        "--allow-unpriced --max-calls N": "在 providers.yaml 的 model_info 里写明价格，或不设预算，或限制它的请求数"
        "：--allow-unpriced --max-calls N",
        "{n} calls without a price are planned, {warm} of them warm-up (run.warm_up), and only {most} requests are "
        "allowed.": "计划了 {n} 次没有价格的调用，其中 {warm} 次是预热（run.warm_up），而只允许 {most} 个请求。",
        # while a run goes, and at its end
        "{n} calls were in flight when an earlier process ended; they may have been billed (at most ${usd:f}) and "
        "are sent again.": "之前的进程结束时有 {n} 次调用正在进行；它们可能已计费（最多 ${usd:f}），现在重新发送。",
        "{n} calls were in flight when an earlier process ended; they may have been billed and are sent again.": "之"
        "前的进程结束时有 {n} 次调用正在进行；它们可能已计费，现在重新发送。",
        "{provider} at {url}": "{provider}（{url}）",
        "nothing has come through for {seconds:.0f} s, most lately: {said}": "{seconds:.0f} 秒以来没有任何成功的调用"
        "，最近一次：{said}",
        "It does not say when it will be back.": "它没有说何时恢复。",
        "it asks to wait {seconds:.0f} s, which is longer than a run waits": "它要求等待 {seconds:.0f} 秒，超过运行"
        "愿意等待的时间",
        "It says that it will be back at {time}.": "它说会在 {time} 恢复。",
        "The lane {lane} ({names}) is parked: {why}. {back} Its calls stay pending.": "暂停 {lane}（{names}）：{why}"
        "。{back}它的调用留待以后。",
        "Nothing more is sent to {names}: {why}": "不再向 {names} 发送：{why}",
        "{name}: {said}. It is tried again.": "{name}：{said}。正在重试。",
        "{calls} calls were broken off or had to be asked again: beside what is recorded they may have been billed "
        "at most ${usd:f}, which a budget counts.": "{calls} 次调用被中断或重新提问：除已记录的费用外，它们最多还可"
        "能计费 ${usd:f}，预算会算上。",
        "{bugs} calls failed by a bug of Bakeoff's own; the store holds the tracebacks.": "{bugs} 次调用因 Bakeoff "
        "自己的缺陷失败；调用栈存在运行里。",
        "{pending} planned calls have not been answered.": "计划中的 {pending} 次调用还没有回答。",
        "answers": "个回答",
        "{role} calls": "次 {role} 调用",
        "{name}: none of its {n} {what} came.": "{name}：{n} {what}一个也没有返回。",
        "{name}: none of its {n} {what} came ({why}).": "{name}：{n} {what}一个也没有返回（{why}）。",
        "{name}: none of its {n} {what} can be used.": "{name}：{n} {what}没有一个可用。",
        "{name}: {failed} of {n} {what} failed for no fault of its own.": "{name}：{n} {what}中有 {failed} 个失败，"
        "原因不在它。",
        "{short} Most often: {cause}": "{short}最常见的原因：{cause}",
        "{name}: {failed} of {n} answers with a stage replaced failed for no fault of its own; which stage is at "
        "fault there is not known.": "{name}：{n} 个替换了一个环节的回答中有 {failed} 个失败，原因不在它；那里是哪个"
        "环节出错不得而知。",
        "{name}: {n} answers say that they come from the model {model!r}, and {asked!r} was asked.": "{name}：{n} 个"
        "回答声称来自模型“{model}”，而询问的是“{asked}”。",
        # refusals
        "nobody answers at {where}, where {names} is asked: {said}": "{where} 没有应答，而 {names} 在那里：{said}",
        "nobody answers at {where}, where {names} are asked: {said}": "{where} 没有应答，而 {names} 在那里：{said}",
        "the address of {provider}": "{provider} 的地址",
        "{who} refuses the key of {names}, which {held} holds: {said}": "{who} 拒绝了 {names} 的密钥（存在 {held}）"
        "：{said}",
        "put the right key into {held} (the environment, else .env), or name another variable as api_key": "把正确的"
        "密钥放进 {held}（环境变量，或 .env），或在 api_key 里写另一个变量",
        "the credit of {names} at {who} is used up ({which}): {said}": "{names} 在 {who} 的额度已用完（{which}）："
        "{said}",
        "the key that {names} holds": "{names} 里的密钥",
        "its key": "它的密钥",
        "top it up, or name the variable of another key as api_key": "请充值，或在 api_key 里写另一个密钥的变量",
        "{who} refuses {names}, for which providers.yaml names no key: {said}": "{who} 拒绝了 {names}，而 "
        "providers.yaml 没有为它写密钥：{said}",
        "name the variable that holds it: api_key: os.environ/NAME": "请写明存放密钥的变量：api_key: os.environ/NAME",
        "model not found at {where}, where {names} is asked: {said}": "{where} 没有 {names} 的这个模型：{said}",
        "model or path not found at {where}, where {names} is asked: {said}": "{where} 没有 {names} 的这个模型或路径"
        "：{said}",
        "is {model!r} the model's name there?": "模型在那里叫“{model}”吗？",
        "{hint} {url}/models usually lists the names.": "{hint}{url}/models 通常会列出名称。",
        "{hint} Many OpenAI-compatible servers want /v1 at its end: {url}/v1": "{hint}许多兼容 OpenAI 的服务器要求地"
        "址以 /v1 结尾：{url}/v1",
        "{message} ({place})": "{message}（{place}）",
        "{message}; fix: {hint}": "{message}；解决办法：{hint}",
        "is the server running, and is that its port?": "服务器在运行吗？端口对吗？",
        "is SSL_CERT_FILE set to the certificates that vouch for it?": "SSL_CERT_FILE 指向了能证明它的证书吗？",
        "does the server speak https at all, or should the address begin with http://?": "服务器支持 https 吗？还是"
        "地址应当以 http:// 开头？",
        "is the host spelt right, and has this machine a network?": "主机名写对了吗？这台机器有网络吗？",
        "is the proxy of the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) the right one?": "环境变量里的代理（"
        "HTTPS_PROXY、HTTP_PROXY、NO_PROXY）对吗？",
        "is the address right, and does a firewall or a proxy stand before it?": "地址对吗？前面有防火墙或代理吗？",
        # logs of other tools
        "there is no such file or folder": "没有这个文件或文件夹",
        "there are no answers in {where}": "{where} 里没有回答",
        "what is read: the JSON of promptfoo, .eval and JSON logs of inspect_ai, results of lm_eval with their "
        "samples, outputs of EvalScope": "可以读取：promptfoo 的 JSON，inspect_ai 的 .eval 和 JSON 日志，lm_eval 的"
        "结果和样本，EvalScope 的输出",
        " in {where}": "（{where}）",
        "more than {most:.0f} MB of JSON{at}": "JSON{at} 超过 {most:.0f} MB",
        "this is no plain file": "这不是普通文件",
        "JSON{at} that is nested too deeply": "JSON{at} 嵌套太深",
        "no JSON{at}: {error}": "不是 JSON{at}：{error}",
        "line {number} is no JSON object": "第 {number} 行不是 JSON 对象",
        "more than {most:,} files": "超过 {most:,} 个文件",
        "import parts of it": "请分几部分导入",
        "import parts of them": "请分几部分导入",
        "name the logs that are meant": "请写明要导入哪些日志",
        "no readable archive: {error}": "不是可以读取的压缩文件：{error}",
        "was it copied whole?": "复制完整了吗？",
        "a part of the archive cannot be read: {error}": "压缩文件有一部分读不了：{error}",
        "EvalScope has not judged these: run it again with --use-cache, which asks no model twice": "EvalScope 还没"
        "有评判这些：请加 --use-cache 再运行一次，不会重复询问模型",
        "predictions without reviews": "有预测，没有评判",
        "import the folder of the run: its predictions and reviews are beside": "请导入运行的文件夹：预测和评判在它"
        "旁边",
        "a report of EvalScope: only sums are in it": "这是 EvalScope 的报告：里面只有汇总",
        "the log has no samples, only sums": "日志里没有样本，只有汇总",
        "run it again without --no-log-samples": "去掉 --no-log-samples 再运行一次",
        "an archive, and no log of inspect_ai": "是压缩文件，但不是 inspect_ai 的日志",
        "was cancelled": "被取消了",
        "ended with an error": "以错误结束",
        "was never ended": "一直没有结束",
        "{name} {how}: what it lacks is counted as lost where the log names it": "{name} {how}：日志里写明而没有结果"
        "的，算作丢失",
        "put results_*.json of the same run beside it: it names the model and the metrics": "把同一次运行的 results_"
        "*.json 放在旁边：里面有模型和指标",
        "samples of lm_eval without their results": "有 lm_eval 的样本，没有结果",
        "results of lm_eval without samples: only sums are in it": "有 lm_eval 的结果，没有样本：里面只有汇总",
        "{lower}: less is better there, so it is no score": "{lower}：数值越小越好，因此不算评分",
        "import them apart, then `bakeoff compare`": "请分别导入，再用 `bakeoff compare`",
        "import each tool by itself": "请每个工具分别导入",
        "one run holds what one tool has measured, and these are of {n}: {told}": "一个运行只放一个工具的测量，而这"
        "里有 {n} 个：{told}",
        "{path} is of {tool}": "{path} 是 {tool} 的",
        "asks or wants something else than {first}: {n} samples, such as {samples}": "问题或答案与 {first} 不同：{n}"
        " 个样本，例如 {samples}",
        "no scorer of {suite}/{name} is called {primary!r}": "{suite}/{name} 没有叫“{primary}”的评分器",
        "and {n} more": "另有 {n} 个",
        "{n:,} answers, more than {most:,}": "有 {n:,} 个回答，超过 {most:,}",
        "{candidate} answers the same samples in {first}: {samples}": "{candidate} 在 {first} 里回答了同样的样本："
        "{samples}",
        "import one of the two, or call them apart: `bakeoff import first=PATH second=PATH`": "请只导入其中一个，或"
        "分开命名：`bakeoff import first=PATH second=PATH`",
        "{scorer} of {suite}/{name} judges otherwise than in {first}": "{suite}/{name} 的 {scorer} 与 {first} 里的评"
        "判方式不同",
        "passed over, since no tool that is known wrote it: {path}": "已跳过，不是已知工具写的：{path}",
        "passed over, since no tool that is known wrote it: {path} and {n} more": "已跳过，不是已知工具写的：{path}"
        "，另有 {n} 个",
        "no log of a tool that is known": "不是已知工具的日志",
        "imported from {source}: answers, scores, times and costs are those of its log, and are not measured by "
        "Bakeoff": "导入自 {source}：回答、评分、时间和成本都来自它的日志，不是 Bakeoff 测得的",
        "not measured in what was imported, so not weighed: {names}": "导入的内容里没有测量，因此不计入：{names}",
        "nothing in it can be weighed: no score from 0 to 1, no time that can be trusted, no cost": "里面没有可以比"
        "较的：没有 0 到 1 的评分，没有可信的时间，也没有成本",
        "{into} is there already, and an import makes a new folder": "{into} 已经存在，而导入会新建文件夹",
        "name another one": "请换一个",
        # engines
        "{executable} has no pip, which `bakeoff fetch` installs weights with": "{executable} 没有 pip，而 `bakeoff "
        "fetch` 用它安装权重",
        "the engine {name!r} has packages for Python {pythons}, not for {this}": "引擎“{name}”只有 Python {pythons} "
        "的软件包，没有 {this} 的",
        "it has packages for Python {pythons}, not for {this}": "只有 Python {pythons} 的软件包，没有 {this} 的",
        "the engine {names} is not installed: it lacks {lacking}": "引擎 {names} 没有安装：缺少 {lacking}",
        "the engines {names} are not installed: they lack {lacking}": "引擎 {names} 没有安装：缺少 {lacking}",
        "{first}; then {rest}": "{first}；然后 {rest}",
        "Downloading {mb:.0f} MB, pinned by hash": "正在下载 {mb:.0f} MB，按哈希锁定",
        "Installed and verified: {names}": "已安装并核对：{names}",
        "the weights were not installed: the installer ended with status {status}, its message is above": "权重没有"
        "装上：安装程序以状态 {status} 结束，它的消息在上面",
        "{n} packages with weights": "{n} 个权重软件包",
        "leave it out: name the candidates": "略去它：请写明候选",
        "Gemma is provided under and subject to Google's Gemma Terms of Use, which restrict some uses: "
        "https://ai.google.dev/gemma/terms. Whoever downloads it accepts them.": ""
        "Gemma 按 Google 的 Gemma 使用条款提供，条款限制了一些用途："
        "https://ai.google.dev/gemma/terms 。下载即表示接受。",
        "the terms were not accepted, so nothing was downloaded": "没有接受条款，因此什么都没有下载",
        "leave it out: name the other engines, or in a run the other candidates": "可以不用它：写明其他引擎，"
        "运行时写明其他候选",
        "Every embedded engine that was asked for is installed.": "要用的内置引擎都已安装。",
        "{name}: {summary} ({mb:.0f} MB, {licence})": "{name}：{summary}（{mb:.0f} MB，{licence}）",
        "check the network and pip's index settings": "请检查网络和 pip 的源设置",
        "the engine {name!r} is not healthy: {said}": "引擎“{name}”状态不正常：{said}",
        "ended while it started (status {status})": "启动时就结束了（状态 {status}）",
        "was not ready after {seconds:.0f} s": "过了 {seconds:.0f} 秒仍未就绪",
        "the engine {name!r} {why}": "引擎“{name}”{why}",
        "there is no embedded engine {name!r}": "没有内置引擎“{name}”",
        "the weights of {name!r} are not the pinned ones: {files} has sha256 {found}, expected {sha256}": "“{name}”"
        "的权重不是锁定的版本：{files} 的 sha256 是 {found}，应为 {sha256}",
        "the engine {name!r} lacks its file {error}": "引擎“{name}”缺少文件 {error}",
        "the weights of {name!r} cannot be written to {folder}: {error}": "“{name}”的权重无法写到 {folder}：{error}",
        "free some space, or set XDG_CACHE_HOME to a folder that can be written": "腾出空间，或把 XDG_CACHE_HOME 设"
        "为可写的文件夹",
        "generated code cannot be run on this machine, which has no sandbox: {why}": "本机没有沙箱，不能运行生成的代"
        "码：{why}",
        "apt-get install bubblewrap (0.8 or newer), and let it use user namespaces": "apt-get install bubblewrap（"
        "0.8 或更新），并允许它使用用户命名空间",
        "bubblewrap does not work here: {fault}": "bubblewrap 在这里不能用：{fault}",
        "a probe ({name}) was not blocked: {why}": "有一个探测（{name}）没有被拦住：{why}",
        "it needs Linux": "需要 Linux",
        "its filter knows {machines}, and this is {this}": "它的过滤器支持 {machines}，而本机是 {this}",
        "bubblewrap is not installed": "没有安装 bubblewrap",
        "setpriv (util-linux) is not installed, and root's rights must be laid down": "没有安装 setpriv（util-linux"
        "），而 root 的权限必须放下",
        # compare, cost, prices
        "asks something else": "问的内容不同",
        "is judged otherwise": "评判方式不同",
        "suite {name} {why} in {run}": "测试集 {name} 在 {run} 里{why}",
        "{name} is new in {run}": "{name} 是 {run} 里新加的",
        "{name} shares no sample of {slot} with {run}": "{name} 与 {run} 没有共同的 {slot} 样本",
        "{run} shares no candidate with the same samples with {others}": "{run} 与 {others} 没有样本相同的共同候选",
        "{run} has no candidate {name!r}": "{run} 没有候选“{name}”",
        "--rename old=new compares a candidate with another": "--rename 旧名=新名 可以让两个候选相互比较",
        "the run asked no candidate {candidate!r}": "运行没有询问候选“{candidate}”",
        "what a replica serves cannot be told from {candidate!r}: it has no answer of a machine in time": "从“"
        "{candidate}”看不出一个副本能服务多少：它没有按时返回的自有机器的回答",
        "the run asked nothing of {error}, which the traffic's mix names": "运行没有问过 mix 里写的 {error}",
        "on machines of your own: {names}": "在自有机器上的：{names}",
        "name a candidate with usd_per_hour, raise within_ms, or give requests_per_s": "写一个带 usd_per_hour 的候选"
        "，或提高 within_ms，或直接写 requests_per_s",
        "there is no {path} to compare with": "没有可以比较的 {path}",
        "{file} is no price map: {error}": "{file} 不是价目表：{error}",
        "bakeoff prices update writes it": "bakeoff prices update 会写一份",
        "a prices.json, or LiteLLM's model_prices_and_context_window.json": "prices.json，或 LiteLLM 的 "
        "model_prices_and_context_window.json",
        "LiteLLM's price map is missing": "缺少 LiteLLM 的价目表",
        "install Bakeoff's locked LiteLLM again": "请重新安装 Bakeoff 锁定的 LiteLLM 版本",
        # score, decide, verify, export
        "{missing} scores need what an instrument has not measured yet, and only a run asks instruments": "有 "
        "{missing} 个评分需要测量工具还没有测的内容，而只有运行才会用测量工具",
        "{resume}, or decide without them: bakeoff decide {run} --allow-incomplete": "{resume}，或不用它们就决定："
        "bakeoff decide {run} --allow-incomplete",
        "run {name} has no decision to verify": "运行 {name} 没有可以核对的决定",
        "run {name} has no decision yet": "运行 {name} 还没有决定",
        "{path} {why}": "{path} {why}",
        "was written by another version of Bakeoff": "是另一个版本的 Bakeoff 写的",
        "is damaged": "已损坏",
        "media files": "媒体文件",
        "costs": "成本",
        "scores": "评分",
        "figures of {name}": "{name} 的数字",
        "lines of {name}": "{name} 的行",
        "values of {name}": "{name} 的值",
        "{name} was never written": "{name} 从未写过",
        "{name} cannot be read: {error}": "{name} 读不了：{error}",
        "{name}, because {error}": "{name}，因为{error}",
        "{name} {line}": "{name} {line}",
        "line {n}": "第 {n} 行",
        "{place}: {written} is written, {derived} follows from the records": "{place}：写的是 {written}，按记录应为 "
        "{derived}",
        "cost of {place} ({role}): {written} is written, {derived} follows from the records": "{place}（{role}）的成"
        "本：写的是 {written}，按记录应为 {derived}",
        "line {number} of the export is damaged: its checksum is another": "导出文件的第 {number} 行已损坏：校验和不符",
        "{n} costs are upper bounds where no usage was reported": "{n} 项成本没有报告用量，只是上限",
        "{n} costs are what the log of another tool states": "{n} 项成本来自别的工具的日志",
        "{scorer} of {key}: {written} is written, {derived} follows from the records": "{key} 的 {scorer}：写的是 "
        "{written}，按记录应为 {derived}",
        "{scorer} of {key}: nobody gives this score": "{key} 的 {scorer}：没有谁给出这个评分",
        "scores by {others}: the bake-off judges otherwise now": "{others} 的评分：现在的评判方式已经不同",
        "scores, because {error}{its_own}": "评分，因为{error}{its_own}",
        "; with -C {run} it is the one beside the run": "；加上 -C {run} 就用运行旁边的那一份",
        "{what} needs the package {project}, which is not installed": "{what}需要软件包 {project}，它没有安装",
        "an export as parquet": "导出为 parquet ",
        "a memo in docx": "写成 docx 的备忘录",
        "pip install '{install}', or {instead}": "pip install '{install}'，或{instead}",
        "--format csv, which needs nothing more": "用 --format csv，不需要别的软件包",
        "the memo in Markdown: --format md": "写成 Markdown：--format md",
        # run folders
        "there is no run {name!r} here or in {runs}": "这里和 {runs} 里都没有运行“{name}”",
        "there is no run in {runs} yet": "{runs} 里还没有运行",
        "bakeoff run makes one; bakeoff demo does without a key": "bakeoff run 会做一次；bakeoff demo 不需要密钥",
        "a run is a folder with a {file}; `latest` is the newest": "运行是含有 {file} 的文件夹；`latest` 是最新的",
        "{folder} holds no run": "{folder} 里没有运行",
        "a run's folder holds run.db; `latest` is the newest run": "运行的文件夹里有 run.db；`latest` 是最新的运行",
        "{folder} is damaged: {why}": "{folder} 已损坏：{why}",
        "{path}: row {row} of {table} belongs to a row of {parent} that is not there": "{path}：{table} 的第 {row} "
        "行所属的 {parent} 行不存在",
        "free some space or check the disk, then resume: everything committed is kept": "腾出空间或检查磁盘，然后继"
        "续：已提交的都保留",
        "{folder}: {what}; nothing more is sent": "{folder}：{what}；不再发送",
        "the disk is full": "磁盘已满",
        "the disk is nearly full: {free:.1f} MB are left": "磁盘快满了：只剩 {free:.1f} MB",
        "{size:.1f} MB for what is in flight cannot be set aside: {strerror}": "无法为进行中的调用预留 {size:.1f} MB"
        "：{strerror}",
        "what {run} has spent today is not known, so a budget per day could not hold: {error}": "不知道 {run} 今天花"
        "了多少，因此无法保证每日预算：{error}",
        "move it out of {runs}, or run without run.budget_usd_per_day": "把它移出 {runs}，或不用 "
        "run.budget_usd_per_day",
        "{path} cannot be used: {error}": "{path} 不能用：{error}",
        "{folder} already holds a run": "{folder} 里已经有一个运行",
        "go on with it: bakeoff run --resume {folder}": "请继续它：bakeoff run --resume {folder}",
        "{folder} was opened to read": "{folder} 是只读打开的",
        "{folder} cannot be read: {error}": "{folder} 读不了：{error}",
        "{folder} cannot be written: {strerror}": "{folder} 写不了：{strerror}",
        "{folder} is being written by process {pid}": "进程 {pid} 正在写 {folder}",
        "wait until it has ended; what has come so far: bakeoff export {folder}": "请等它结束；到目前为止的结果："
        "bakeoff export {folder}",
        "another run in {runs} is sending, and a budget per day, which one of the two has, could not hold": "{runs} "
        "里另一个运行正在发送，而其中一个有每日预算，无法保证",
        "wait until it has ended, or give --runs another folder": "请等它结束，或用 --runs 换一个文件夹",
        "media {name} is damaged: its content has another digest": "媒体 {name} 已损坏：内容的摘要不同",
        "media cannot be written to {folder}: {strerror}": "媒体无法写到 {folder}：{strerror}",
        "media {name} cannot be read: {strerror}": "媒体 {name} 读不了：{strerror}",
        "{folder} lies on a network file system ({kind}), where the store of a run would be damaged": "{folder} 在网"
        "络文件系统（{kind}）上，运行的数据库放在那里会损坏",
        "keep runs on a local disk: bakeoff run --runs /a/local/folder; copy the folder when it is done": "请把运行"
        "放在本地磁盘：bakeoff run --runs /本地/文件夹；结束之后再复制",
        "call {key} is not in the plan of this run": "调用 {key} 不在这个运行的计划里",
        "call {key} is done: asking again would pay it twice": "调用 {key} 已经完成：再问就要付两次钱",
        "call {key} is done: its record stands": "调用 {key} 已经完成：它的记录不变",
        "call {key} asks sample {suite}/{task}/{sample}, which is not stored": "调用 {key} 要问样本 {suite}/{task}/"
        "{sample}，而它没有存下",
        "{target} is there already": "{target} 已经存在",
        "move it away, or go on with it": "把它移走，或继续用它",
        "nothing of {folder} is salvaged: {error}": "{folder} 什么也没有抢救出来：{error}",
        "{path} has an older schema": "{path} 是旧版本的格式",
        "`bakeoff report` brings it up to date": "`bakeoff report` 会把它更新",
        "{path} is not a run of Bakeoff, or it was interrupted before it began": "{path} 不是 Bakeoff 的运行，或还没"
        "开始就被中断了",
        "delete the folder and start the run again": "删掉文件夹，重新开始运行",
        "{path} has schema {found} and this Bakeoff reads up to {n}": "{path} 的格式版本是 {found}，而这个 Bakeoff "
        "最多读到 {n}",
        "it was written by a newer Bakeoff: upgrade this one": "它是更新的 Bakeoff 写的：请升级",
        "{path} cannot be read as a run: {error}": "{path} 不能当作运行读取：{error}",
        "the run's store is closed": "运行的数据库已经关闭",
        "{path} was deleted or replaced while the run wrote to it": "运行正在写 {path} 时，它被删除或替换了",
        "the run's store cannot be written: {error}": "运行的数据库写不了：{error}",
        "start a new run": "请开始一个新的运行",
    }
)
