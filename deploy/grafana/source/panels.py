"""Panels of Grafana dashboards in a few words each (dashboard schema of Grafana 11 and later).

In expressions `{@}` stands for the dashboard's choice of job and instance: `up{@}`, `up{@,a="b"}`.
"""

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
SELECTION = 'job=~"$job",instance=~"$instance"'


def target(expression, legend, ref, instant=False, heatmap=False):
    return {
        "refId": ref,
        "datasource": DATASOURCE,
        "editorMode": "code",
        "expr": expression.replace("@", SELECTION),
        "legendFormat": legend,
        "instant": instant,
        "range": not instant,
        "format": "heatmap" if heatmap else "time_series",
    }


def steps(thresholds):
    """{70: 'yellow', 90: 'red'} as threshold steps that begin with green."""
    found = [{"color": "green", "value": None}]
    for value, color in (thresholds or {}).items():
        found[0]["color"] = color if value is None else found[0]["color"]
        if value is not None:
            found.append({"color": color, "value": value})
    return {"mode": "absolute", "steps": found}


def panel(kind, title, description, queries, unit, width, height, thresholds, options, custom=None, **defaults):
    """queries: {legend: expression}; width of 24 columns."""
    instant = kind in ("stat", "gauge", "bargauge", "table")
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": DATASOURCE,
        "gridPos": {"x": 0, "y": 0, "w": width, "h": height},
        "targets": [target(expression, legend, chr(ord("A") + i), instant, kind == "heatmap")
                    for i, (legend, expression) in enumerate(queries.items())],
        "fieldConfig": {
            "defaults": {"unit": unit, "thresholds": steps(thresholds), "color": {"mode": "palette-classic"},
                         "mappings": [], **defaults, **({"custom": custom} if custom else {})},
            "overrides": [],
        },
        "options": options,
    }


def graph(title, description, queries, unit="short", width=8, height=8, thresholds=None, stacked=False, **defaults):
    """Lines over time. Thresholds, where there are some, are drawn as the alerts have them."""
    custom = {"drawStyle": "line", "lineWidth": 1, "fillOpacity": 30 if stacked else 8, "showPoints": "never",
              "spanNulls": False, "axisPlacement": "auto", "gradientMode": "none", "lineInterpolation": "linear",
              "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
              "thresholdsStyle": {"mode": "line" if thresholds else "off"}}
    options = {"legend": {"displayMode": "table", "placement": "bottom", "showLegend": True, "calcs": ["lastNotNull", "max"]},
               "tooltip": {"mode": "multi", "sort": "desc"}}
    return panel("timeseries", title, description, queries, unit, width, height, thresholds, options, custom,
                 **{"min": 0, **defaults})


def stat(title, description, expression, unit="short", width=4, thresholds=None, legend="", text="auto", **defaults):
    """One number, coloured by its thresholds; text="name" shows the legend in its place."""
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value",
               "graphMode": "none", "justifyMode": "auto", "orientation": "auto", "textMode": text,
               "wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard"}
    made = panel("stat", title, description, {legend: expression}, unit, width, 4, thresholds, options, **defaults)
    made["fieldConfig"]["defaults"]["color"] = {"mode": "thresholds"}
    return made


def gauges(title, description, queries, unit="percentunit", width=8, height=8, thresholds=None):
    """Dials from 0 to 1."""
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "orientation": "auto",
               "showThresholdLabels": False, "showThresholdMarkers": True, "sizing": "auto", "minVizHeight": 75,
               "minVizWidth": 75, "shape": "gauge", "barShape": "flat", "barWidthFactor": 0.5, "segmentCount": 1,
               "segmentSpacing": 0.3, "effects": {}}
    made = panel("gauge", title, description, queries, unit, width, height, thresholds, options, min=0, max=1)
    made["fieldConfig"]["defaults"]["color"] = {"mode": "thresholds"}
    return made


def heatmap(title, description, bucket, unit="s", width=8, height=8):
    """A histogram over time: one row for each bucket."""
    options = {
        "calculate": False,
        "cellGap": 1,
        "color": {"exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": False, "scale": "exponential",
                  "scheme": "Oranges", "steps": 64},
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "rowsFrame": {"layout": "auto"},
        "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": False, "yHistogram": True},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit},
    }
    expression = f"sum by (le) (increase({bucket}[$__rate_interval]))"
    return panel("heatmap", title, description, {"{{le}}": expression}, unit, width, height, None, options,
                 {"hideFrom": {"legend": False, "tooltip": False, "viz": False},
                  "scaleDistribution": {"type": "linear"}})


def quantiles(bucket, *ps, by=""):
    """Queries for quantiles of a histogram: quantiles('x_bucket{@}', 0.5, 0.95)."""
    label = f"{{{{{by}}}}} " if by else ""
    return {f"{label}p{p * 100:g}": f"histogram_quantile({p}, sum by (le{', ' + by if by else ''}) "
                                    f"(rate({bucket}[$__rate_interval])))" for p in ps}


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": 0, "w": 24, "h": 1}}
