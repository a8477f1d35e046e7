"""Expressions made to answer whatever the values are, and documents cut into what can be run."""
import json
import re
import urllib.parse

from support import ROOT, RUNBOOKS, fetch

PAGES = sorted([*(ROOT / f"docs/{page}.md" for page in ("logging", "metrics", "monitoring")), *RUNBOOKS.glob("*.md")])


def always(expression):
    """The expression with each comparison turned into 0 or 1: data comes wherever its series exist."""
    parts = re.split(r'(\{[^}]*\}|"[^"]*")', expression)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"(==|!=|<=|>=|<|>)(?!\s*bool)", r"\1 bool", parts[i])
    return "".join(parts)


def query(prometheus, expression):
    """An instant query; returns its result list. Errors of Prometheus are failures."""
    url = f"{prometheus.url}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    status, text = fetch(url)
    assert status == 200, f"{expression}\n{text}"
    data = json.loads(text)["data"]
    if data["resultType"] in ("scalar", "string"):
        return [{"metric": {}, "value": data["result"]}]
    return data["result"]


def numbers(prometheus, expression):
    """The values of an instant query that are numbers."""
    return [float(r["value"][1]) for r in query(prometheus, expression) if r["value"][1] != "NaN"]


def drawn(prometheus, expression, start, end, step):
    """The values of a range query that are numbers: what a graph would draw from `start` to `end`."""
    url = f"{prometheus.url}/api/v1/query_range?" + urllib.parse.urlencode(
        {"query": expression, "start": start, "end": end, "step": step})
    status, text = fetch(url)
    assert status == 200, f"{expression}\n{text}"
    return [float(v[1]) for series in json.loads(text)["data"]["result"] for v in series["values"] if v[1] != "NaN"]


def chosen(expression, job="siprec", instance=".*", interval="20s", span="5m"):
    """A dashboard's query with its variables filled in as Grafana does."""
    for name, value in {"$job": job, "$instance": instance, "$__rate_interval": interval, "$__range": span}.items():
        expression = expression.replace(name, value)
    assert "$" not in expression, expression
    return expression


def blocks(path, kind):
    """The fenced blocks of a Markdown page that are marked with `kind`."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.M | re.S)


def log_commands():
    """The commands of the documents that read the server's log, whatever its format, as {command: name of the page}."""
    return {line: page.name for page in PAGES for block in blocks(page, "sh")
            for line in block.splitlines() if "siprec-server.log" in line and not wants_json(line)}


def json_commands():
    """The commands of the documents that read the server's log as JSON, each of one line."""
    return [line for page in PAGES for block in blocks(page, "sh") for line in block.splitlines() if wants_json(line)]


def wants_json(commands):
    """Does a command read the server's log as JSON?"""
    return bool(re.search(r"^jq .*siprec-server\.log", commands, re.M))


def queries(path):
    """The queries of a Markdown page: of its `promql` blocks, one a line, comments left out, and of its tables."""
    lines = "".join(blocks(path, "promql")).splitlines()
    return [line for line in lines if line and not line.startswith("#")] + cells(path)


def cells(path):
    """The queries in the last column of a Markdown page's tables, where that is headed `query`."""
    tables = re.findall(r"^\|.*\| query \|\n\|[-|]+\|\n((?:\|.*\n)+)", path.read_text(encoding="utf-8"), re.M)
    rows = [re.split(r"(?<!\\)\|", row)[-2] for table in tables for row in table.splitlines()]
    return [query.replace("\\|", "|") for row in rows for query in re.findall(r"`([^`]+)`", row)]
